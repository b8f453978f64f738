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
    private readonly string _appName = $"gateway-{Environment.ProcessId}";
    private readonly string _state;

    public StackSite(Bench bench, int replicas, params string[] arguments)
    {
        _bench = bench;
        var folder = bench.NewFolder("site");
        _state = Path.Combine(folder, "state");
        var port = Workspace.FreePorts(replicas + 1);
        Ports = [.. Enumerable.Range(port + 1, replicas)];
        NginxPort = port;
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", Directory.CreateDirectory(Path.Combine(bench.Folder, "run")).FullName);
        var log = Path.Combine(folder, "apphost.log");
        _appHost = Workspace.Spawn(
            log,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_ENVIRONMENT"] = "Production" },
            ["dotnet", AppHost, $"--Stack:State={_state}", $"--Stack:AppName={_appName}", $"--Site:Folder={bench.Site}", $"--Site:Replicas={replicas}", $"--Site:FirstPort={port + 1}", $"--Nginx:Port={port}", .. arguments]);
        try
        {
            bench.Until(() => _appHost.HasExited || ((int[])[.. Ports, NginxPort]).All(p => Probe.Ask(p) is not null), Workspace.Now, 120, $"{replicas} replicas behind Nginx");
            Processes = [.. bench.Started().Where(p => p.CommandLine.Contains("Gateway.Site", StringComparison.Ordinal) && !p.CommandLine.Contains("Gateway.AppHost", StringComparison.Ordinal))];
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

    private LinuxProcess NginxMaster => new(int.Parse(File.ReadAllText(Path.Combine(_state, "nginx/nginx.pid")), CultureInfo.InvariantCulture));

    public void Dispose()
    {
        new LinuxProcess(_appHost.Id).Terminate();
        if (!_appHost.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            _appHost.Kill();
        }

        _appHost.Dispose();
        _bench.KillLeftovers();
        foreach (var folder in ((string[])[RunFolder.Production(_appName), RunFolder.Development(_appName, _state)]).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
