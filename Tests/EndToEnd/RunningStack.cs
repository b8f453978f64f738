using System.Net.Http.Json;
using System.Text.Json;

namespace EndToEnd;

/// <summary>One product stack on its real ports, started by <c>./stack up --detach</c> with a state folder of its own.</summary>
public class RunningStack : IAsyncLifetime
{
    private readonly StackPlace _place = new();
    private ProductPorts.Turn? _turn;

    public HttpClient Gateway { get; } = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(1) }) { BaseAddress = new Uri("http://localhost:8080") };

    public string StateFolder => _place.State;

    /// <summary>What every command of it runs with.</summary>
    protected IDictionary<string, string> Environment => _place.Environment;

    /// <summary>False: who starts it has the turn already.</summary>
    protected virtual bool TakesTurn => true;

    internal CommandResult Up { get; private set; } = new(-1, "", "");

    public async ValueTask InitializeAsync()
    {
        _turn = TakesTurn ? await ProductPorts.TakeTurnAsync() : null;
        Up = await _place.StackAsync("up", "--detach", "--no-build");
        if (Up.ExitCode != 0)
        {
            _turn?.Dispose();
        }

        Up.ExitCode.ShouldBe(0, Up.All);
    }

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        using (_turn)
        {
            await _place.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    public async Task<JsonElement> StatusAsync()
    {
        var status = await _place.StackAsync("status", "--json");
        return JsonDocument.Parse(status.Output).RootElement;
    }

    /// <summary>The replicas of the site as <c>status --json</c> tells them.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReplicasAsync()
    {
        var status = await StatusAsync();
        return [.. status.GetProperty("resources").EnumerateArray().Single(r => r.GetProperty("name").GetString() == "site").GetProperty("replicas").EnumerateArray()];
    }

    /// <summary>Address, login link and API key of the dashboard.</summary>
    public async Task<(Uri Url, Uri LoginUrl, string ApiKey)> DashboardAsync()
    {
        var dashboard = JsonDocument.Parse((await _place.StackAsync("dashboard", "--json")).Output).RootElement;
        return (new Uri(dashboard.GetProperty("url").GetString()!), new Uri(dashboard.GetProperty("loginUrl").GetString()!), dashboard.GetProperty("apiKey").GetString()!);
    }

    /// <summary>Waits until the dashboard has metrics of an instance.</summary>
    public async Task HasMetricsAsync(string instance)
    {
        var (url, _, key) = await DashboardAsync();
        using var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Add("X-API-Key", key);
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var resources = await client.GetFromJsonAsync<JsonElement>("/api/telemetry/resources", TestContext.Current.CancellationToken);
            if (resources.EnumerateArray().Any(r => r.GetProperty("displayName").GetString() == instance && r.GetProperty("hasMetrics").GetBoolean()))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"The dashboard has no metrics of {instance}.");
    }

    public async Task<string> WhoAmIAsync(CancellationToken cancellationToken)
        => (await Gateway.GetFromJsonAsync<JsonElement>("/whoami", cancellationToken)).GetProperty("replica").GetString()!;

    internal Task<CommandResult> StackAsync(params string[] args) => _place.StackAsync(args);

    /// <summary>Starts a command that does not end by itself; who starts it ends it.</summary>
    internal System.Diagnostics.Process Start(params string[] args) => _place.Start(args);
}

/// <summary>Where one stack lives: a state folder of its own, and the environment that leads every command to it.</summary>
internal sealed class StackPlace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stack-e2e-").FullName;

    public StackPlace()
    {
        // Nginx's workers run as another user and look for files below it.
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Environment = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",

            // An engine that a box beside it has is for that box alone.
            ["DOCKER_HOST"] = "",
        };
    }

    public string State => Path.Combine(_folder, "state");

    public Dictionary<string, string> Environment { get; }

    /// <summary>Runs <c>./stack word … --state …</c>.</summary>
    public Task<CommandResult> StackAsync(params string[] args) => Commands.StackAsync(Environment, [.. args, "--state", State]);

    /// <summary>Starts <c>./stack word … --state …</c>.</summary>
    public System.Diagnostics.Process Start(params string[] args)
        => Commands.Start("/bin/bash", [Path.Combine(Repository.Root, "stack"), .. args, "--state", State], Environment);

    public async ValueTask DisposeAsync()
    {
        await StackAsync("down");
        await Machine.ShouldBeCleanAsync(State);
        Directory.Delete(_folder, recursive: true);
    }
}
