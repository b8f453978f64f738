using System.Diagnostics;
using System.Globalization;
using Gateway.Proxies;
using Stack.Hosting.Control.Contract;

namespace Gateway;

/// <summary>The site in replicas with Stack's Nginx before it, both started by an AppHost: nothing of them is made for the benchmark. All other proxies lead to the same replicas.</summary>
internal sealed class StackSite : IDisposable
{
    private static readonly string AppHost = AppContext.BaseDirectory.Replace("/Benchmarks/Gateway/", "/Benchmarks/Gateway.AppHost/", StringComparison.Ordinal) + "Gateway.AppHost.dll";
    private readonly Bench _bench;
    private readonly Process _appHost;
    private readonly string _appName;
    private readonly string _state;

    /// <param name="bench">The run.</param>
    /// <param name="replicas">How many.</param>
    /// <param name="argument">What the AppHost is told besides.</param>
    /// <param name="variable">What the AppHost and the replicas find in their environment besides.</param>
    public StackSite(Bench bench, int replicas, string? argument = null, (string Name, string Value)? variable = null)
    {
        _bench = bench;
        var folder = bench.NewFolder("site");
        _appName = $"gateway-{Environment.ProcessId}-{Path.GetFileName(folder)}";
        _state = Path.Combine(folder, "state");
        var port = Workspace.FreePorts(replicas + 1);
        Ports = [.. Enumerable.Range(port + 1, replicas)];
        NginxPort = port;
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", Directory.CreateDirectory(Path.Combine(bench.Folder, "run")).FullName);
        var log = Path.Combine(folder, "apphost.log");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_ENVIRONMENT"] = "Production" };
        if (variable is { } more)
        {
            environment[more.Name] = more.Value;
        }

        _appHost = Workspace.Spawn(
            log,
            environment,
            ["dotnet", AppHost, $"--Stack:State={_state}", $"--Stack:AppName={_appName}", $"--Site:Folder={bench.Site}", $"--Site:Replicas={replicas}", $"--Site:FirstPort={port + 1}", $"--Nginx:Port={port}", .. argument is null ? [] : (string[])[argument]]);
        try
        {
            bench.Until(() => _appHost.HasExited || ((int[])[.. Ports, NginxPort]).All(p => Probe.Ask(p) is not null), Workspace.Now, 120, $"{replicas} replicas behind Nginx");
            Processes = [.. Replicas()];
            if (_appHost.HasExited || Processes.Count != replicas)
            {
                throw new BenchmarkException($"The AppHost started {Processes.Count} of {replicas} replicas: {File.ReadAllText(log)}");
            }

            Configuration = new OurConfiguration(Path.Combine(_state, "nginx"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the replicas listen.</summary>
    public IReadOnlyList<int> Ports { get; }

    public int NginxPort { get; }

    /// <summary>The replicas.</summary>
    public IReadOnlyList<LinuxProcess> Processes { get; }

    public OurConfiguration Configuration { get; }

    public Proxy Direct => new(Proxy.Direct, Ports, []);

    public Proxy Nginx => new(Proxy.Stack, [NginxPort], [NginxMaster, .. NginxMaster.Descendants()]);

    // By a variable that an AppHost gives to its replicas.
    private IEnumerable<LinuxProcess> Replicas() => _bench.Started().Where(p => p.HasVariable("STACK_STATE", _state));

    private string PidFile => Path.Combine(_state, "nginx/nginx.pid");

    private LinuxProcess NginxMaster => new(int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture));

    public void Dispose()
    {
        new LinuxProcess(_appHost.Id).Terminate();
        if (!_appHost.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            _appHost.Kill();
        }

        _appHost.Dispose();
        KillLeftovers();
        foreach (var folder in ((string[])[RunFolder.Production(_appName), RunFolder.Development(_appName, _state)]).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // There are none, unless the AppHost had to be killed: in production the others go on without it.
    private void KillLeftovers()
    {
        List<LinuxProcess> left = [.. Replicas(), .. File.Exists(PidFile) ? (IEnumerable<LinuxProcess>)[NginxMaster, .. NginxMaster.Descendants()] : []];
        left.ForEach(p => p.Kill());
    }
}
