using System.Diagnostics;

namespace Gateway.Proxies;

/// <summary>A proxy that the benchmark has started itself.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private readonly Process _process;

    private ProxyProcess(Process process, Proxy proxy)
    {
        _process = process;
        Proxy = proxy;
    }

    public Proxy Proxy { get; }

    public static ProxyProcess StartNginx(Workspace bench, string name, string configuration, int port)
        => Start(bench, name, port, Path.Combine(Path.GetDirectoryName(configuration)!, "output.log"), "nginx", "-c", configuration, "-g", "daemon off;");

    public static ProxyProcess StartHaproxy(Workspace bench, string name, string configuration, int port)
        => Start(bench, name, port, Path.Combine(Path.GetDirectoryName(configuration)!, HaproxyConfig.LogFile), "haproxy", "-db", "-f", configuration);

    public void Dispose()
    {
        // Nginx has written its title over the mark that Bench would find it by, and its workers live on without it.
        var children = new LinuxProcess(_process.Id).Descendants().ToList();
        _process.Kill();
        children.ForEach(child => child.Kill());
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ProxyProcess Start(Workspace bench, string name, int port, string output, params string[] command)
    {
        var process = Workspace.Spawn(output, new Dictionary<string, string>(StringComparer.Ordinal), command);
        bench.Until(() => process.HasExited || Probe.Ask(port) is not null, Workspace.Now, 10, $"an answer through '{name}'");
        if (process.HasExited)
        {
            throw new BenchmarkException($"'{string.Join(' ', command)}' did not start: {File.ReadAllText(output)}");
        }

        var main = new LinuxProcess(process.Id);
        return new ProxyProcess(process, new Proxy(name, [port], [main, .. main.Descendants()]));
    }
}
