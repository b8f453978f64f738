using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Stack.Cli;
using Stack.Hosting.Control.Contract;

namespace Cli.Tests;

/// <summary>Answers on a real unix socket as an AppHost does, with what the test puts in.</summary>
internal sealed class FakeAppHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    private FakeAppHost(string folder)
    {
        _folder = folder;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Socket, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Socket => Path.Combine(_folder, "control.sock");

    public string Folder => _folder;

    /// <summary>"METHOD raw-target body" of every request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public StackStatus Status { get; set; } = Samples.AllReady;

    /// <summary>Answers to other requests, by "METHOD raw-target".</summary>
    public Dictionary<string, Func<HttpResponse, Task>> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Sends an event to whoever follows them, and counts it in the status.</summary>
    public void Publish(string kind, ResourceStatus resource)
    {
        Status = Status with { Seq = Status.Seq + 1 };
        var change = new ResourceChange { Seq = Status.Seq, Resource = resource };
        _events.Writer.TryWrite($"id: {Status.Seq}\nevent: {kind}\ndata: {JsonSerializer.Serialize(change, ControlJson.Default.ResourceChange)}\n\n");
    }

    public static async Task<FakeAppHost> StartAsync()
    {
        var host = new FakeAppHost(Directory.CreateTempSubdirectory("cli-").FullName);
        await host._app.StartAsync();
        return host;
    }

    /// <summary>Runs the Cli in this process against this AppHost.</summary>
    public Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(Socket, CancellationToken.None, args);

    /// <summary>The same, before a terminal.</summary>
    public Task<CliRun> RunAsync(Terminal terminal, params string[] args) => CliRun.OfAsync(new MemoryStream(), Socket, terminal, CancellationToken.None, args);

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static Func<HttpResponse, Task> Json(int status, string body, string mediaType = "application/json") => async response =>
    {
        response.StatusCode = status;
        response.ContentType = mediaType;
        await response.WriteAsync(body);
    };

    private async Task SendEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($"id: {Status.Seq}\nevent: snapshot\ndata: {JsonSerializer.Serialize(Status, ControlJson.Default.StackStatus)}\n\n");
        await context.Response.Body.FlushAsync();
        try
        {
            await foreach (var item in _events.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(item);
                await context.Response.Body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The Cli has seen enough.
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
        Requests.Enqueue($"{context.Request.Method} {target} {(body == "{}" ? "" : body)}".TrimEnd());
        if (Answers.TryGetValue($"{context.Request.Method} {target}", out var answer))
        {
            await answer(context.Response);
        }
        else if (target == "/v1/status")
        {
            await Json(200, JsonSerializer.Serialize(Status, ControlJson.Default.StackStatus))(context.Response);
        }
        else if (target == "/v1/events")
        {
            await SendEventsAsync(context);
        }
        else
        {
            await Json(404, $$"""{"status":404,"title":"Not Found","detail":"The test has no answer to '{{target}}'."}""", "application/problem+json")(context.Response);
        }
    }
}

/// <summary>What a run of the Cli printed and returned.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public static Task<CliRun> OfAsync(string? socket, CancellationToken cancellationToken, params string[] args) =>
        OfAsync(new MemoryStream(), socket, cancellationToken, args);

    public static Task<CliRun> OfAsync(MemoryStream bytes, string? socket, CancellationToken cancellationToken, params string[] args) =>
        OfAsync(bytes, socket, null, cancellationToken, args);

    public static async Task<CliRun> OfAsync(MemoryStream bytes, string? socket, Terminal? terminal, CancellationToken cancellationToken, params string[] args)
    {
        var output = new StreamWriter(bytes) { AutoFlush = true };
        var error = new StringWriter();
        var host = new CliHost
        {
            Out = output,
            Error = error,
            OutBytes = bytes,
            Terminal = terminal,
            Variable = name => name == "STACK_CONTROL_SOCKET" ? socket : null,
            WorkingDirectory = "/nowhere",
            Time = new Samples.StoppedClock(),
        };
        var code = await StackCommand.RunAsync(args, host, cancellationToken).WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        return new CliRun(code, System.Text.Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }
}

/// <summary>Takes the output of a run and tells when a text has been printed.</summary>
internal sealed class WatchedOutput(string awaited) : MemoryStream
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the text was printed.</summary>
    public Task Seen => _seen.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public override void Write(byte[] buffer, int offset, int count)
    {
        base.Write(buffer, offset, count);
        Look();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        base.Write(buffer);
        Look();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(buffer, cancellationToken);
        Look();
    }

    private void Look()
    {
        if (System.Text.Encoding.UTF8.GetString(ToArray()).Contains(awaited, StringComparison.Ordinal))
        {
            _seen.TrySetResult();
        }
    }
}
