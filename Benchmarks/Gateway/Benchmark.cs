using System.Text.Json;

namespace Gateway;

/// <summary>One run: prepares, measures round by round, reports, cleans up.</summary>
internal static class Benchmark
{
    private const string StaticPart = "static";
    private const string ChangesPart = "changes";

    public static IReadOnlyList<string> PartNames { get; } = [.. Load.All.Select(l => l.Name), StaticPart, ChangesPart];

    /// <summary>Returns the exit code: 0 all was measured, 1 something failed, 130 called off.</summary>
    public static int Run(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            RequireTools();
            using var bench = new Bench(cancellationToken);
            var results = new Results(settings.Earlier is { } file ? JsonSerializer.Deserialize<List<Sample>>(File.ReadAllText(file))! : []);
            var machine = $"{Machine.Describe(bench.Folder)}; load average at the start {Machine.Load():0.0}";
            Console.Error.WriteLine("Publishing the site…");
            bench.PublishSite();
            foreach (var replicas in settings.Sizes)
            {
                new Comparison(bench, settings, results).Run(replicas);
            }

            if (settings.Wants(StaticPart))
            {
                new StaticFiles(bench, settings, results).Run();
            }

            if (settings.Wants(ChangesPart))
            {
                new Changes(bench, settings, results).Run();
            }

            Report.Write(settings, results, machine);
            return results.All.Any(s => s.Failed > 0) ? 1 : 0;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Called off; what was started has been ended.");
            return 130;
        }
    }

    private static void RequireTools()
    {
        List<string> missing = [.. ((string[])["nginx", "haproxy", "wrk"]).Where(tool => !Tools.Has(tool))];
        if (missing.Count > 0)
        {
            throw new BenchmarkException($"Not on the PATH: {string.Join(", ", missing)}. Install what is missing (Debian: apt-get install {string.Join(' ', missing)}).");
        }
    }
}
