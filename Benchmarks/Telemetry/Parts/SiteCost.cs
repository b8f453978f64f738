using System.Diagnostics;
using System.Globalization;

namespace Telemetry.Parts;

/// <summary>What service defaults and telemetry cost a site: the same site with a dashboard to send to, with nobody there, without telemetry, and plain, asked in turns.</summary>
internal static class SiteCost
{
    private const int Seconds = 4;
    private const int WarmUps = 5; // a site's code is compiled for good after about 20 s of full load
    private const double Budget = 25; // per cent of a plain page
    private const string With = "with telemetry";
    private const string Nobody = "nobody listens";
    private const string Without = "without";
    private const string Plain = "no ServiceDefaults";

    public static IReadOnlyList<string> Columns { get; } = [With, Nobody, Without, Plain];

    public static void Run(Bench bench, Settings settings, RowResults results)
    {
        using var dashboard = new RunningDashboard(bench, bench.NewFolder("cost"));
        var ports = Workspace.FreePorts(Columns.Count + 1);
        List<Site> sites =
        [
            Start(bench, With, ports, Telemetry(dashboard.Port + 1)),
            Start(bench, Nobody, ports + 1, Telemetry(ports + Columns.Count)),
            Start(bench, Without, ports + 2, []),
            Start(bench, Plain, ports + 3, new(StringComparer.Ordinal) { ["Plain"] = "true" }),
        ];
        for (var i = 0; i < WarmUps; i++)
        {
            sites.ForEach(site => Load(site.Port));
        }

        for (var round = 0; round < settings.Rounds; round++)
        {
            Dictionary<string, double> cpu = new(StringComparer.Ordinal);
            foreach (var site in sites.Select((_, i) => sites[(round + i) % sites.Count]))
            {
                cpu[site.Name] = Measure(bench, site, dashboard, results);
            }

            foreach (var name in Columns.Where(name => name != Plain))
            {
                results.Add(new Row("page of 7 KB, one replica: the site's CPU beyond that of the same site without service defaults", "%", Budget) { HasRatio = false }, name, (cpu[name] / cpu[Plain] - 1) * 100);
            }
        }

        if (dashboard.Count("spans") == 0)
        {
            throw new BenchmarkException("The site has sent nothing to the dashboard.");
        }
    }

    /// <summary>Microseconds of the site's CPU for a request.</summary>
    private static double Measure(Bench bench, Site site, RunningDashboard dashboard, RowResults results)
    {
        var (siteCpu, dashboardCpu) = (site.Process.CpuSeconds, dashboard.Process.CpuSeconds);
        var requests = Load(site.Port);
        bench.Pause(2);
        var cost = (site.Process.CpuSeconds - siteCpu) / requests * 1e6;
        results.Add(new Row("page of 7 KB, one replica: requests/s", "thousands") { Upwards = true }, site.Name, requests / 1000.0 / Seconds);
        results.Add(new Row("page of 7 KB, one replica: the site's CPU for a request", "µs"), site.Name, cost);
        if (site.Name is With or Without)
        {
            results.Add(new Row("page of 7 KB, one replica: the dashboard's CPU for a request", "µs") { HasRatio = false }, site.Name, (dashboard.Process.CpuSeconds - dashboardCpu) / requests * 1e6);
        }

        return cost;
    }

    private static Dictionary<string, string> Telemetry(int port) => new(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={RunningDashboard.Key}",
        ["OTEL_SERVICE_NAME"] = "site",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=site-8001",
    };

    private static Site Start(Bench bench, string name, int port, Dictionary<string, string> environment)
    {
        environment["Logging__Console__LogLevel__Default"] = "Warning"; // its console is not what is measured; the record of each request is sent
        var process = Workspace.Spawn(Path.Combine(bench.Folder, $"site-{port}.log"), environment, "dotnet", Path.Combine(bench.Site, "Gateway.Site.dll"), "--urls", $"http://127.0.0.1:{port}");
        bench.Until(() => process.HasExited || Probe.Ask(port) is not null, Workspace.Now, 60, "the site's first answer");
        return new(name, port, new LinuxProcess(process.Id));
    }

    private static int Load(int port)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["--threads", "2", "--connections", "32", "--duration", $"{Seconds}s", $"http://127.0.0.1:{port}/"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        var line = Array.Find(output.Split('\n'), l => l.Contains(" requests in ", StringComparison.Ordinal)) ?? throw new BenchmarkException($"wrk failed: {output}");
        return int.Parse(line.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private sealed record Site(string Name, int Port, LinuxProcess Process);
}
