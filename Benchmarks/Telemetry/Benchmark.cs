using System.Text.Json;
using Telemetry.Parts;

namespace Telemetry;

/// <summary>One run: prepares, measures round by round, reports, cleans up.</summary>
internal static class Benchmark
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The tables, each with the columns that its rows have.</summary>
    private static readonly (string Part, IReadOnlyList<string> Columns, Action<Bench, Settings, RowResults> Run)[] Parts =
    [
        ("ingest", Sender.Protocols, Ingest.Run),
        ("history", ["Stack"], History.Run),
        ("site", SiteCost.Columns, SiteCost.Run),
    ];

    public static IReadOnlyList<string> PartNames { get; } = [.. Parts.Select(p => p.Part)];

    /// <summary>Returns the exit code: 0 all was measured, 1 something failed, 130 called off.</summary>
    public static int Run(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            if (settings.Wants("site") && !Tools.Has("wrk"))
            {
                throw new BenchmarkException("There is no wrk on the PATH. Install it (Debian: apt-get install wrk).");
            }

            using var bench = new Bench(cancellationToken);
            var results = new RowResults(settings.Earlier is { } file ? JsonSerializer.Deserialize<List<RowValues>>(File.ReadAllText(file))! : []);
            var machine = $"{Machine.Describe(bench.Folder)}; load average at the start {Machine.Load():0.0}";
            Console.Error.WriteLine("Publishing…");
            bench.PublishDashboard();
            bench.PublishSite();
            foreach (var (part, _, run) in Parts.Where(p => settings.Wants(p.Part)))
            {
                Console.Error.WriteLine(part);
                run(bench, settings, results);
            }

            Report(settings, results, machine);
            return 0;
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

    private static void Report(Settings settings, RowResults results, string machine)
    {
        var tables = Parts.Select(p => (p.Columns, Rows: results.Rows.Where(row => p.Columns.Any(c => results.Values(row, c).Count > 0)).ToList())).Where(t => t.Rows.Count > 0);
        var text = string.Join("\n\n",
        [
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}. Stack {typeof(Benchmark).Assembly.GetName().Version?.ToString(3)} on .NET {Environment.Version}.\nMachine: {machine}. {settings.Rounds} rounds, interleaved; median (smallest–largest).",
            .. tables.Select(t => Table.Write(results, t.Columns, t.Rows)),
        ]);
        Console.WriteLine(text);
        if (settings.Json is { } json)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(results.ToList([.. Parts.SelectMany(p => p.Columns)]), Indented));
        }

        if (settings.Markdown is { } markdown)
        {
            Markdown.Replace(markdown, "telemetry", text);
        }
    }
}
