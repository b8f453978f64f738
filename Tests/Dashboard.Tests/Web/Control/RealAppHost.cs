using System.Diagnostics;

namespace Stack.Dashboard.Tests.Web.Control;

/// <summary>An AppHost as a process of its own, whose resources are shell scripts: <c>job*2=exec sleep 600</c>.</summary>
internal sealed class RealAppHost : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-host-");
    private readonly Process _process;

    private RealAppHost(params string[] resources)
    {
        var state = Directory.CreateDirectory(Path.Combine(_folder.FullName, "state")).FullName;
        var start = new ProcessStartInfo(Program(), ["stack", state, .. resources]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["XDG_RUNTIME_DIR"] = _folder.FullName;
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
    }

    public string Socket { get; private set; } = "";

    public static async Task<RealAppHost> StartAsync(params string[] resources)
    {
        var host = new RealAppHost(resources);
        var since = Stopwatch.StartNew();
        while (host.FindSocket() is not { } socket)
        {
            host._process.HasExited.ShouldBeFalse("the AppHost ended before it had a control socket");
            since.Elapsed.ShouldBeLessThan(Patience, "waiting for the control socket of the AppHost");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        host.Socket = host.FindSocket()!;
        return host;
    }

    // What it runs goes with it: in development nothing outlives the AppHost.
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string? FindSocket() => Directory.EnumerateFiles(_folder.FullName, "control.sock", SearchOption.AllDirectories).SingleOrDefault();

    // Tests/<project>/bin/<configuration>/<framework>/
    private static string Program()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(output.Parent!.Parent!.Parent!.Parent!.FullName, "Actor", "bin", output.Parent.Name, output.Name, "Actor");
    }
}
