using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Nginx.Model;
using Testing;
using Testing.Load;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>An application with a site of Actors and Nginx as a process, run by the engine as an AppHost does it, and commanded through its control socket as by the Cli.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private const int MostReplicas = 10;

    private readonly Nginx.Tests.TempFolder _temp = new();
    private readonly string _name = $"test{Guid.NewGuid():N}"[..12];
    private DistributedApplication _app = null!;
    private HttpClient _control = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Where Nginx listens.</summary>
    public int Port { get; private set; }

    public int FirstPort { get; private set; }

    /// <summary>Everything that replicas of now and before have executed.</summary>
    public IReadOnlyList<ExecutedRequest> Executed => RequestRecord.Read(Record);

    public string State => Path.Combine(_temp.Path, "state");

    /// <summary>Where Nginx answers the AppHost.</summary>
    public string AdminSocket => Path.Combine(RunFolder, "nginx-admin.sock");

    /// <summary>The folder of the files that steer Nginx.</summary>
    public string Flags => Path.Combine(State, "nginx", NginxNames.FlagFolder);

    /// <summary>A folder that the site was published to.</summary>
    public static string Published => Path.GetDirectoryName(ActorProgram.Path)!;

    /// <summary>Nginx's own process.</summary>
    public int Master => int.Parse(File.ReadAllText(Path.Combine(State, "nginx", "nginx.pid")));

    /// <summary>Processes below <see cref="Master"/>.</summary>
    public IReadOnlyList<int> Workers => [.. File.ReadAllText($"/proc/{Master}/task/{Master}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    /// <summary>Where the hand-written part of Nginx's configuration is.</summary>
    public string Source => Path.Combine(_temp.Path, "source");

    private string Record => Path.Combine(_temp.Path, "executed");

    /// <summary>What the site's next launches do, in place of serving.</summary>
    public string Part { get; set; } = "kestrel";

    /// <summary>Ports of Nginx's upstream, as its files have it.</summary>
    public IReadOnlyList<int> Upstream =>
    [
        .. File.ReadLines(Path.Combine(State, "nginx", NginxNames.CurrentLink, NginxNames.PoolsFile)).TakeWhile(l => l != "}").Select(l => l.Trim())
            .Where(l => l.StartsWith("server 127.0.0.1:", StringComparison.Ordinal) && !l.Contains(" down", StringComparison.Ordinal) && !l.Contains(" backup", StringComparison.Ordinal))
            .Select(l => int.Parse(l["server 127.0.0.1:".Length..].Split(' ')[0])),
    ];

    public static Task<RunningApp> StartAsync(int replicas, NginxRuntime runtime = NginxRuntime.Process, params string[] settings) => StartAsync(replicas, runtime, (_, _) => { }, settings);

    /// <param name="replicas">Number of replicas.</param>
    /// <param name="configure">What the AppHost says of Nginx beyond its upstream; with a folder for files.</param>
    public static Task<RunningApp> StartAsync(int replicas, Action<IResourceBuilder<NginxResource>, Nginx.Tests.TempFolder> configure) => StartAsync(replicas, NginxRuntime.Process, configure, []);

    private static async Task<RunningApp> StartAsync(int replicas, NginxRuntime runtime, Action<IResourceBuilder<NginxResource>, Nginx.Tests.TempFolder> configure, string[] settings)
    {
        var running = new RunningApp();
        try
        {
            await running.StartSiteAsync(replicas, runtime, configure, settings);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command, and returns what the answer says of it.</summary>
    public async Task<(HttpStatusCode Status, string? Said)> CommandAsync(string command, object? body = null, string to = "site")
    {
        using var response = await _control.PostAsJsonAsync($"/v1/{to}/{command}", body ?? new { }, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (response.StatusCode, answer.TryGetProperty(response.IsSuccessStatusCode ? "message" : "detail", out var said) ? said.GetString() : null);
    }

    /// <summary>Lets Nginx take over what was changed in its hand-written files.</summary>
    public Task<(HttpStatusCode Status, string? Said)> ReloadAsync() => CommandAsync("reload", to: "nginx");

    /// <summary>Writes a file of the hand-written part of Nginx's configuration.</summary>
    public void WriteSource(string name, string text) => File.WriteAllText(Path.Combine(Source, name), text);

    public async Task ScaleAsync(int replicas)
    {
        var (status, said) = await CommandAsync("scale", new { replicas });
        status.ShouldBe(HttpStatusCode.OK, said);
    }

    /// <summary>Waits until the AppHost's code sees a replica as healthy, as what waits for it does.</summary>
    public Task HealthyAsync(string replica) => _app.ResourceNotifications.WaitForResourceHealthyAsync(replica, TestContext.Current.CancellationToken).Within();

    public Task<JsonElement> SiteAsync() => ResourceAsync("site");

    public async Task<JsonElement> ResourceAsync(string name)
    {
        var status = await _control.GetFromJsonAsync<JsonElement>("/v1/status", TestContext.Current.CancellationToken);
        return status.GetProperty("resources").EnumerateArray().Single(r => r.GetProperty("name").GetString() == name);
    }

    public async Task<IReadOnlyList<JsonElement>> ReplicasAsync() => [.. (await SiteAsync()).GetProperty("replicas").EnumerateArray()];

    /// <summary>Waits until so many replicas are ready, as the control socket tells it.</summary>
    public Task UntilReadyAsync(int replicas) => UntilAsync("site", site => site.GetProperty("ready").GetInt32() >= replicas, $"{replicas} replicas are ready");

    /// <summary>Waits until the status of a resource is so, and returns it.</summary>
    public async Task<JsonElement> UntilAsync(string name, Func<JsonElement, bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var resource = await ResourceAsync(name);
            if (condition(resource))
            {
                return resource;
            }

            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60), $"{what}; {resource}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        _control?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _temp.Dispose();
    }

    private async Task StartSiteAsync(int replicas, NginxRuntime runtime, Action<IResourceBuilder<NginxResource>, Nginx.Tests.TempFolder> configure, string[] settings)
    {
        FirstPort = FreePorts(MostReplicas);
        Port = RunningNginx.FreePort();
        RunningNginx.CopyOfSources(_temp);
        var builder = DistributedApplication.CreateBuilder(
            ["--environment=Development", "--DisableDashboard=true", $"--Stack:State={State}", $"--Stack:Nginx:Runtime={runtime}", $"--Stack:Nginx:Image={DockerEngine.Image}", $"--Stack:AppName={_name}", $"--Stack:Nginx:Folder={Source}", .. settings]);
        var site = builder.AddResource(new ProjectResource("site")).WithAnnotation(new ActorSite()).WithReplicas(replicas).WithSequentialPorts(FirstPort).WithRestartPolicy(RestartMode.Always).WithHttpHealthCheck("/health");
        site.WithAnnotation(new CommandLineArgsCallbackAnnotation(arguments =>
        {
            arguments.Add(Part);
            arguments.Add(site.GetEndpoint("http").Property(EndpointProperty.TargetPort));
            arguments.Add(Directory.CreateDirectory(Record).FullName);
        }));
        var nginx = builder.AddNginx("nginx", Port).WithUpstream(site);
        configure(nginx, _temp);
        _app = builder.Build();
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _control = UnixHttp.Client(() => Path.Combine(RunFolder, "control.sock"), TimeSpan.FromMinutes(2));
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, SslOptions = { RemoteCertificateValidationCallback = TestCertificate.Accept } })
        {
            BaseAddress = new Uri($"{nginx.Resource.HttpEndpoint.Scheme}://127.0.0.1:{Port}"),
            Timeout = TimeSpan.FromSeconds(10),
        };
        await UntilServedAsync();
    }

    private async Task UntilServedAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await IsServedAsync())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(60), "Nginx serves the site, and all its replicas are ready");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task<bool> IsServedAsync()
    {
        try
        {
            using var response = await Client.GetAsync("/", TestContext.Current.CancellationToken);
            return response.IsSuccessStatusCode && (await SiteAsync()).GetProperty("health").GetString() == "Ready";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Where the sockets of this AppHost are.</summary>
    private string RunFolder
    {
        get
        {
            string?[] places = [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } run ? Path.Combine(run, "stack") : null, .. Directory.GetDirectories(Path.GetTempPath(), "stack-*")];
            return places.OfType<string>().Where(Directory.Exists).SelectMany(place => Directory.GetDirectories(place, $"{_name}-*")).Single(folder => File.Exists(Path.Combine(folder, "control.sock")));
        }
    }

    /// <summary>The first of so many free ports in a row.</summary>
    private static int FreePorts(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(12000, 30000);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The test child as a project that is built.</summary>
    private sealed class ActorSite : IProjectMetadata, IProjectOutput
    {
        public string ProjectPath => Path.Combine(Path.GetDirectoryName(ActorProgram.Path)!, "Actor.csproj");

        public string TargetPath => $"{ActorProgram.Path}.dll";
    }
}
