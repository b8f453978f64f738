using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Tests.Web;

/// <summary>A control server on a unix socket that says what a test wants it to say.</summary>
internal sealed class FakeAppHost : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Channel<SseItem<string>>> _observers = [];
    private readonly Dictionary<string, FakeLog> _logs = [];
    private readonly ConcurrentDictionary<string, ResourceDetails> _details = [];
    private readonly WebApplication _app;
    private StackStatus _status;

    private FakeAppHost(string socket, StackStatus status)
    {
        Socket = socket;
        _status = status;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        _app = builder.Build();
        _app.MapGet("/v1/status", () => IsHung ? Hang() : Results.Text(JsonSerializer.Serialize(Status, ControlJson.Default.StackStatus), "application/json"));
        _app.MapGet("/v1/events", (CancellationToken token) => TypedResults.ServerSentEvents(Observe(token)));
        _app.MapGet("/v1/logs/{name}", LogsAsync);
        _app.MapGet("/v1/resources/{name}", (string name) => _details.TryGetValue(name, out var details)
            ? Results.Text(JsonSerializer.Serialize(details, ControlJson.Default.ResourceDetails), "application/json")
            : Results.Problem($"There is no resource and no replica named '{name}'.", statusCode: 404));
        _app.MapGet("/v1/{name}/releases", (string name) => Releases is { } releases
            ? Results.Text(JsonSerializer.Serialize(releases, ControlJson.Default.ReleaseList), "application/json")
            : Results.Problem($"'{name}' has none.", statusCode: 404));
        _app.MapPost("/v1/{name}/{command}", TakeAsync);
        _app.MapPost("/v1/{name}/commands/{command}", TakeAsync);
    }

    public string Socket { get; }

    /// <summary>When set, the status is never answered.</summary>
    public bool IsHung { get; set; }

    /// <summary>Commands that came, as method-less paths with the body: <c>site/scale {"replicas":6}</c>.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>What becomes of a command; null: it succeeds without a word.</summary>
    public Func<CancellationToken, Task<ControlProblem?>> Answer { get; set; } = _ => Task.FromResult<ControlProblem?>(null);

    /// <summary>What is answered to <c>GET {name}/releases</c>.</summary>
    public ReleaseList? Releases { get; set; }

    /// <summary>What a command that succeeds says.</summary>
    public string? Said { get; set; }

    public StackStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    public int Observers
    {
        get
        {
            lock (_lock)
            {
                return _observers.Count;
            }
        }
    }

    public static async Task<FakeAppHost> StartAsync(string socket, params ResourceStatus[] resources)
    {
        File.Delete(socket);
        var host = new FakeAppHost(socket, new StackStatus
        {
            Seq = 1,
            Supervisor = new SupervisorStatus { Pid = 4000, Mode = "development", StartedAt = TimeProvider.System.GetUtcNow().AddHours(-3) },
            Resources = resources,
        });
        await host._app.StartAsync();
        return host;
    }

    /// <summary>The console output of a replica, which <see cref="Write"/> adds to.</summary>
    public FakeLog Log(string name)
    {
        lock (_lock)
        {
            return _logs.TryGetValue(name, out var log) ? log : _logs[name] = new FakeLog();
        }
    }

    public void Write(string replica, string text, int generation = 1) => Log(replica).Add(text, generation);

    /// <summary>Refuses every command from now on.</summary>
    public void Refuse(int status, string detail, string outcome, string? setting = null) => Answer = _ => Task.FromResult<ControlProblem?>(
        new ControlProblem { Status = status, Title = "No", Detail = detail, Outcome = outcome, Setting = setting });

    /// <summary>What is answered to <c>GET resources/{name}</c>.</summary>
    public void Describe(ResourceDetails details) => _details[details.Name] = details;

    /// <summary>Something that somebody should look at.</summary>
    public void Alert(string resource, string? replica, string text)
    {
        lock (_lock)
        {
            var alert = new StackAlert { Seq = _status.Seq, Time = TimeProvider.System.GetUtcNow(), Resource = resource, Replica = replica, Text = text };
            Send(new SseItem<string>(JsonSerializer.Serialize(alert, ControlJson.Default.StackAlert), "alert"));
        }
    }

    /// <summary>Changes one resource and tells the observers, as the AppHost does.</summary>
    public void Change(ResourceStatus resource, string kind = "state", bool silently = false)
    {
        lock (_lock)
        {
            var seq = _status.Seq + 1;
            _status = _status with { Seq = seq, Resources = [.. _status.Resources.Where(r => r.Name != resource.Name), resource] };
            if (!silently)
            {
                Send(new SseItem<string>(JsonSerializer.Serialize(new ResourceChange { Seq = seq, Resource = resource }, ControlJson.Default.ResourceChange), kind));
            }
        }
    }

    /// <summary>Says that events were lost, then everything anew.</summary>
    public void Gap()
    {
        lock (_lock)
        {
            Send(new SseItem<string>($$"""{"seq":{{_status.Seq}}}""", "gap"));
            Send(Snapshot());
        }
    }

    /// <summary>An event of a kind that a later AppHost may send.</summary>
    public void SendUnknown()
    {
        lock (_lock)
        {
            Send(new SseItem<string>("""{"cpu":0.5}""", "sample"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            foreach (var observer in _observers)
            {
                observer.Writer.TryComplete();
            }

            foreach (var log in _logs.Values)
            {
                log.Close();
            }
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
        File.Delete(Socket);
    }

    private void Send(SseItem<string> item)
    {
        foreach (var observer in _observers)
        {
            observer.Writer.TryWrite(item);
        }
    }

    private SseItem<string> Snapshot() => new(JsonSerializer.Serialize(_status, ControlJson.Default.StackStatus), "snapshot");

    private async IAsyncEnumerable<SseItem<string>> Observe([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        var channel = Channel.CreateUnbounded<SseItem<string>>();
        lock (_lock)
        {
            channel.Writer.TryWrite(Snapshot());
            _observers.Add(channel);
        }

        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(token))
            {
                yield return item;
            }
        }
        finally
        {
            lock (_lock)
            {
                _observers.Remove(channel);
            }
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync(context.RequestAborted);
        Commands.Enqueue($"{context.Request.Path.Value!["/v1/".Length..]} {(text == "{}" ? "" : text)}".TrimEnd());
        if (await Answer(context.RequestAborted) is { } problem)
        {
            context.Response.StatusCode = problem.Status;
            await context.Response.WriteAsJsonAsync(problem, ControlJson.Default.ControlProblem, ControlProblem.MediaType);
            return;
        }

        await context.Response.WriteAsJsonAsync(new CommandResult { Message = Said }, ControlJson.Default.CommandResult);
    }

    private async Task LogsAsync(HttpContext context, string name, int? tail, bool? follow)
    {
        var resource = Status.Resources.FirstOrDefault(r => r.Name == name);
        var isReplica = resource is null or { Replicas.Count: 1 } && Status.Resources.SelectMany(r => r.Replicas).Any(r => r.Name == name);
        if (isReplica && context.Request.Headers.Accept != "text/event-stream")
        {
            context.Response.ContentType = "application/octet-stream";
            context.Response.Headers["X-Stack-Offset"] = "0";
            await foreach (var line in Log(name).ReadAsync(tail, follow ?? false, context.RequestAborted))
            {
                await context.Response.WriteAsync(line.Text, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        else if (isReplica || resource is not null)
        {
            IReadOnlyList<string> names = isReplica ? [name] : [.. resource!.Replicas.Select(replica => replica.Name)];
            await TypedResults.ServerSentEvents(Merge(names, tail, follow ?? false, context.RequestAborted)).ExecuteAsync(context);
        }
        else
        {
            var known = string.Join(", ", Status.Resources.Select(r => $"'{r.Name}'"));
            await Results.Problem($"There is no resource or replica '{name}'. Known: {known}.", statusCode: 404).ExecuteAsync(context);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> Merge(
        IReadOnlyList<string> names, int? tail, bool follow, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        var lines = Channel.CreateUnbounded<SseItem<string>>();
        var pumps = names.Select(async name =>
        {
            var before = Log(name).Count;
            await foreach (var (text, generation, number) in Log(name).ReadAsync(tail, follow, token))
            {
                var line = new ConsoleLine
                {
                    Name = name,
                    Offset = number * 100,
                    Time = TimeProvider.System.GetUtcNow(),
                    IsTimeExact = number >= before,
                    Generation = generation,
                    Text = text.TrimEnd('\n'),
                };
                lines.Writer.TryWrite(new SseItem<string>(JsonSerializer.Serialize(line, ControlJson.Default.ConsoleLine), "line"));
            }
        }).ToList();
        _ = Task.WhenAll(pumps).ContinueWith(_ => lines.Writer.TryComplete(), TaskScheduler.Default);
        await foreach (var item in lines.Reader.ReadAllAsync(token))
        {
            yield return item;
        }
    }

    private static IResult Hang() => Results.Stream(output => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System));
}
