using System.Diagnostics;
using System.Globalization;

namespace Telemetry.Parts;

/// <summary>What telemetry costs a site: the same site with and without a dashboard to send to, asked in turns.</summary>
internal static class SiteCost
{
    private const int Seconds = 4;
    private const string With = "with telemetry";
    private const string Without = "without";

    public static IReadOnlyList<string> Columns { get; } = [With, Without];

    public static void Run(Bench bench, Settings settings, RowResults results)
    {
        using var dashboard = new RunningDashboard(bench, bench.NewFolder("cost"));
        var ports = Workspace.FreePorts(2);
        var sending = Start(bench, ports, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{dashboard.Port + 1}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={RunningDashboard.Key}",
            ["OTEL_SERVICE_NAME"] = "site",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=site-8001",
        });
        var silent = Start(bench, ports + 1, new Dictionary<string, string>());
        Load(ports);
        Load(ports + 1);
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var (name, port, site) in round % 2 == 0
                ? ((string, int, LinuxProcess)[])[(With, ports, sending), (Without, ports + 1, silent)]
                : [(Without, ports + 1, silent), (With, ports, sending)])
            {
                var (siteCpu, dashboardCpu) = (site.CpuSeconds, dashboard.Process.CpuSeconds);
                var requests = Load(port);
                bench.Pause(2);
                results.Add(new Row("page of 7 KB, one replica: requests/s", "thousands") { Upwards = true }, name, requests / 1000.0 / Seconds);
                results.Add(new Row("page of 7 KB, one replica: the site's CPU for a request", "µs"), name, (site.CpuSeconds - siteCpu) / requests * 1e6);
                results.Add(new Row("page of 7 KB, one replica: the dashboard's CPU for a request", "µs") { HasRatio = false }, name, (dashboard.Process.CpuSeconds - dashboardCpu) / requests * 1e6);
            }
        }

        if (dashboard.Count("spans") == 0)
        {
            throw new BenchmarkException("The site has sent nothing to the dashboard.");
        }
    }

    private static LinuxProcess Start(Bench bench, int port, Dictionary<string, string> environment)
    {
        environment["Logging__LogLevel__Default"] = "Warning"; // its console is not what is measured
        var process = Workspace.Spawn(Path.Combine(bench.Folder, $"site-{port}.log"), environment, "dotnet", Path.Combine(bench.Site, "Gateway.Site.dll"), "--urls", $"http://127.0.0.1:{port}");
        bench.Until(() => process.HasExited || Probe.Ask(port) is not null, Workspace.Now, 60, "the site's first answer");
        return new LinuxProcess(process.Id);
    }

    private static int Load(int port)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["--threads", "2", "--connections", "32", "--duration", $"{Seconds}s", $"http://127.0.0.1:{port}/"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        var line = Array.Find(output.Split('\n'), l => l.Contains(" requests in ", StringComparison.Ordinal)) ?? throw new BenchmarkException($"wrk failed: {output}");
        return int.Parse(line.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
