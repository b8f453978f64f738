using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;

namespace Hosting.Tests.Control;

/// <summary>A control server on a real unix socket in a temporary folder, a fake stack behind it, and a client.</summary>
internal sealed class ControlHarness : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private ControlHarness(string folder, FakeStack stack, ControlServer server)
    {
        Folder = folder;
        Stack = stack;
        Server = server;
        Client = NewClient(server.SocketPath);
    }

    public string Folder { get; }

    public FakeStack Stack { get; }

    public ControlServer Server { get; }

    public HttpClient Client { get; }

    public static Task<ControlHarness> StartAsync(params IReadOnlyList<ResourceStatus> resources) => StartAsync(TimeProvider.System, resources);

    public static Task<ControlHarness> StartAsync(TimeProvider time, params IReadOnlyList<ResourceStatus> resources)
        => StartAsync(time, SocketAccess.OwnerOnly, NullLoggerFactory.Instance, resources);

    public static async Task<ControlHarness> StartAsync(TimeProvider time, SocketAccess access, ILoggerFactory loggers, params IReadOnlyList<ResourceStatus> resources)
    {
        var folder = Directory.CreateTempSubdirectory("ctl-").FullName;
        var stack = new FakeStack(folder, resources.Count > 0 ? resources : [FakeStack.Resource("site", "site-8001", "site-8002"), FakeStack.Resource("nginx", "nginx")]);
        var server = await ControlServer.StartAsync(Path.Combine(folder, "run"), access, stack, loggers, time, CancellationToken.None);
        return new ControlHarness(folder, stack, server);
    }

    public static HttpClient NewClient(string socketPath) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://localhost/v1/"),
        Timeout = Limit,
    };

    public string LogFile(string replica) => Stack.FindLogFile(replica)!;

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(await Client.GetStringAsync(path), type)!;

    public static async Task<ControlProblem> ProblemAsync(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ControlJson.Default.ControlProblem)!;
        problem.Status.ShouldBe((int)response.StatusCode);
        return problem;
    }

    /// <summary>Opens an answer of events; reading it has a time limit.</summary>
    public async Task<IAsyncEnumerator<SseItem<string>>> EventsAsync(string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        response.Content.Headers.ContentType?.MediaType.ShouldBe("text/event-stream");
        var limit = new CancellationTokenSource(Limit);
        return SseParser.Create(await response.Content.ReadAsStreamAsync(limit.Token)).EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token);
    }

    public static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        (await events.MoveNextAsync()).ShouldBeTrue("the stream ended before the event that was waited for");
        return events.Current;
    }

    /// <summary>Reads a stream until its text ends with the expected one.</summary>
    public static async Task<string> ReadUntilAsync(Stream stream, string end)
    {
        using var limit = new CancellationTokenSource(Limit);
        var text = new StringBuilder();
        var block = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(block, limit.Token);
            read.ShouldBeGreaterThan(0, $"the stream ended after '{text}', before '{end}' came");
            text.Append(Encoding.UTF8.GetString(block, 0, read));
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
