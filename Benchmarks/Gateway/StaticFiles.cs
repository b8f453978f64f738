using System.Text.Json;

namespace Gateway;

/// <summary>The same two files twice from a gateway that has the site's files: by their plain names, which the site answers, and by their fingerprinted names, which Nginx answers itself.</summary>
internal sealed class StaticFiles(Bench bench, Settings settings, Results results)
{
    private const string ByKestrel = "the site behind Nginx";
    private const string ByNginx = "Nginx itself";
    private static readonly int Replicas = Environment.ProcessorCount * 2;
    private static readonly string[] Files = ["small", "large"];

    public void Run()
    {
        using var site = new StackSite(bench, Replicas, "--Nginx:StaticFiles=true");
        if (!site.Configuration.Text.Contains("$stack_site_asset", StringComparison.Ordinal))
        {
            throw new BenchmarkException("Stack's Nginx was told to send the site's files itself, and its configuration has none.");
        }

        Rounds.WarmUp(bench, site, settings.Seconds);
        foreach (var load in Load.All.Where(l => Files.Contains(l.Name)))
        {
            var plain = load with { Name = Name(load.Name) };
            var fingerprinted = plain with { Path = FingerprintedPath(load.Path) };
            Rounds.Measure(
                bench, settings, results, $"{Replicas} replicas, {plain.Text}", [new(plain, site, site.Nginx with { Name = ByKestrel }), new(fingerprinted, site, site.Nginx with { Name = ByNginx })]);
        }
    }

    /// <summary>What the results call a load of this part.</summary>
    public static string Name(string load) => $"static {load}";

    /// <summary>How many times the CPU time of proxy and site together is that of Nginx alone.</summary>
    public static Spread? Gain(Results results, string load) => results.Ratio(Name(load), Replicas, ByKestrel, ByNginx, s => s.ProxyCpu + s.SiteCpu);

    public static string Table(Results results)
    {
        List<IReadOnlyList<string>> lines = [["static files", $"{ByKestrel}: requests/s", "proxy + site, µs", $"{ByNginx}: requests/s", "proxy + site, µs", "times cheaper"]];
        lines.AddRange(Load.All.Where(l => Files.Contains(l.Name)).Select(load => (IReadOnlyList<string>)
        [
            $"{load.Text}, N = {Replicas}", Of(load, ByKestrel, s => s.RequestsPerSecond), Cpu(load, ByKestrel), Of(load, ByNginx, s => s.RequestsPerSecond), Cpu(load, ByNginx), $"{Gain(results, load.Name)}",
        ]));
        return Markdown.Table(lines);

        string Of(Load load, string proxy, Func<Sample, double> value) => $"{results.Of(Name(load.Name), Replicas, proxy, value)}";

        string Cpu(Load load, string proxy)
            => $"{Markdown.Number(results.Of(Name(load.Name), Replicas, proxy, s => s.ProxyCpu)?.Median ?? 0)} + {Markdown.Number(results.Of(Name(load.Name), Replicas, proxy, s => s.SiteCpu)?.Median ?? 0)}";
    }

    // The list that MapStaticAssets reads says which names a file has.
    private string FingerprintedPath(string path)
    {
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(bench.Site, "Gateway.Site.staticwebassets.endpoints.json")));
        var wanted = path.TrimStart('/');
        return list.RootElement.GetProperty("Endpoints").EnumerateArray()
            .Where(e => e.GetProperty("AssetFile").GetString() == wanted && e.GetProperty("Route").GetString() != wanted)
            .Select(e => "/" + e.GetProperty("Route").GetString())
            .FirstOrDefault() ?? throw new BenchmarkException($"'{path}' has no fingerprinted name in the published site.");
    }
}
