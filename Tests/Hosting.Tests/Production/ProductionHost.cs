using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Stack.Hosting.Supervision.Records;
using Testing;

namespace Hosting.Tests.Production;

/// <summary>AppHosts in production, one after another on one state folder, each a process of its own that the test may kill. At its end nothing of them is left.</summary>
internal sealed class ProductionHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _app = $"test-{Guid.NewGuid():N}"[..16];
    private readonly RecordingLogger _logger = new();
    private int _started;

    public ProductionHost(int replicas = 2)
    {
        FirstPort = PortRange.Next(10);
        Settings["Site:Replicas"] = $"{replicas}";
        Settings["Site:FirstPort"] = $"{FirstPort}";
    }

    public int FirstPort { get; }

    /// <summary>A file or folder beside the state folder, gone at the end.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Settings of the next AppHost.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public string State => Path.Combine(_folder.Path, "state");

    public string Output => System.IO.File.Exists(LogFile) ? System.IO.File.ReadAllText(LogFile) : "";

    private string LogFile => _folder.File($"apphost-{_started}.log");

    /// <summary>Starts an AppHost; its process.</summary>
    public Task<IInstanceProcess> LaunchAsync()
    {
        _started++;
        return Launchers.Create(_logger).LaunchAsync(
            new LaunchRequest
            {
                FileName = ActorProgram.Path,
                Arguments = ["apphost", $"--Stack:State={State}", $"--Stack:AppName={_app}", "--Logging:LogLevel:Stack=Information", .. Settings.Select(s => $"--{s.Key}={s.Value}")],
                WorkingDirectory = _folder.Path,
                Environment = new Dictionary<string, string>(ActorProgram.Environment) { ["DOTNET_ENVIRONMENT"] = "Production", ["TMPDIR"] = _folder.Path },
                LogFile = LogFile,
            },
            CancellationToken.None);
    }

    /// <summary>Starts an AppHost and waits until all that is wanted is ready.</summary>
    public async Task<IInstanceProcess> StartAsync(int ready = 2)
    {
        var host = await LaunchAsync();
        await ReadyAsync(host, ready);
        return host;
    }

    public Task ReadyAsync(IInstanceProcess host, int ready) => UntilAsync(host, s => s.Sum(r => r.GetProperty("health").GetString() == "Ready" ? 1 : 0) == ready, $"{ready} replicas are ready");

    /// <summary>Waits until the replicas are as the test wants them; rested: and no roll-out goes on.</summary>
    public async Task<IReadOnlyList<JsonElement>> UntilAsync(IInstanceProcess host, Func<IReadOnlyList<JsonElement>, bool> condition, string what, bool rested = false)
    {
        IReadOnlyList<JsonElement> replicas = [];
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                var status = await StatusAsync();
                replicas = Replicas(status);
                if (status.GetProperty("supervisor").GetProperty("pid").GetInt32() == host.Pid && condition(replicas) && (!rested || IsRested(status)))
                {
                    return replicas;
                }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
            {
                // Not there yet.
            }

            if (host.Exited.IsCompleted || TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"Waited for: {what}. Last seen: {string.Join("; ", replicas)}. The AppHost said: {Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async Task<IReadOnlyList<JsonElement>> ReplicasAsync() => Replicas(await StatusAsync());

    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null)
    {
        using var client = Client();
        return await client.PostAsJsonAsync(path, body ?? new { }, TestContext.Current.CancellationToken);
    }

    /// <summary>The process that answers on a port.</summary>
    public static async Task<int> AnswerAsync(int port)
    {
        return int.Parse(await TextAsync(port));
    }

    /// <summary>What is answered on a port.</summary>
    public static async Task<string> TextAsync(int port)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"));
    }

    /// <summary>Kills the AppHost as an administrator's kill -9 does: it alone.</summary>
    public static async Task KillAsync(IInstanceProcess host)
    {
        Libc.Kill(host.Pid, SignalNames.Kill).ShouldBe(0);
        await host.Exited.Within();
    }

    /// <summary>Ends an AppHost in order.</summary>
    public static async Task EndAsync(IInstanceProcess host)
    {
        host.Signal(15, leaderOnly: true);
        await host.Exited.Within();
    }

    /// <summary>Processes that bear the name of this state folder.</summary>
    public List<int> Processes()
        => [.. ProcessTable.All().Where(p => p.IsLive && ProcessTable.Environment(p.Pid).Contains($"STACK_STATE={State}")).Select(p => p.Pid)];

    public InstanceRecord Record(string replica) => Records().ReadAll((_, _) => { }).Single(r => r.Name == replica);

    public InstanceRecordStore Records() => InstanceRecordStore.Open(State);

    public async ValueTask DisposeAsync()
    {
        await Wait.Until(() =>
        {
            var left = Processes();
            left.ForEach(p => Libc.Kill(p, SignalNames.Kill));
            return left.Count == 0;
        });
        var run = Path.Combine("/run/stack", _app);
        if (Directory.Exists(run))
        {
            Directory.Delete(run, recursive: true);
        }

        _folder.Dispose();
    }

    private static bool IsRested(JsonElement status) => status.GetProperty("resources").EnumerateArray().All(r => r.GetProperty("rollout").ValueKind == JsonValueKind.Null);

    private static IReadOnlyList<JsonElement> Replicas(JsonElement status)
        => [.. status.GetProperty("resources").EnumerateArray().SelectMany(r => r.GetProperty("replicas").EnumerateArray())];

    private async Task<JsonElement> StatusAsync()
    {
        using var client = Client();
        return await client.GetFromJsonAsync<JsonElement>("status");
    }

    // An AppHost that may not write below /run has its socket where one of development has it.
    private HttpClient Client()
    {
        var socket = Stack.Hosting.Control.Contract.RunFolder.ControlSocket(Stack.Hosting.Control.Contract.RunFolder.Production(_app));
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        })
        {
            BaseAddress = new Uri("http://localhost/v1/"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }
}

/// <summary>Rows of free ports, no two of them the same in one test run, below those from which outgoing connections take theirs.</summary>
internal static class PortRange
{
    private static int _next = 21000 + (Environment.ProcessId % 400 * 20);

    public static int Next(int count)
    {
        while (true)
        {
            var first = Interlocked.Add(ref _next, count) - count;
            if (Enumerable.Range(first, count).All(p => PortPreflight.FindHolder(p) is null))
            {
                return first;
            }
        }
    }
}
