using System.Text.Json;
using Google.Protobuf;

namespace Telemetry.Parts;

/// <summary>Questions about much telemetry: how long the answers take, what the process takes meanwhile, how long it needs to start on it.</summary>
internal static class History
{
    private const string Us = "Stack";
    private const int Repeats = 20;

    public static void Run(Bench bench, Settings settings, RowResults results)
    {
        foreach (var millions in settings.History)
        {
            var records = millions == 0 ? 50_000 : millions * 1_000_000;
            var folder = bench.NewFolder("history");
            Fill(bench, folder, records, results);
            Ask(bench, folder, $"{records / 1e6:0.##} M records", settings, results);
        }
    }

    private static void Fill(Bench bench, string folder, int count, RowResults results)
    {
        using var dashboard = new RunningDashboard(bench, folder);
        using var sender = new Sender(dashboard, Sender.Protobuf, bench.Cancelled);
        var made = new Records();
        var batches = count / Records.BatchSize;
        Console.Error.WriteLine($"    sending {count:N0} records");
        for (var i = 0; i < batches; i++)
        {
            sender.SendAsync("logs", made.Logs(TimeProvider.System.GetUtcNow(), TimeSpan.FromMilliseconds(5)).ToByteArray()).GetAwaiter().GetResult();
            if (i % 10 == 0)
            {
                sender.SendAsync("traces", made.Spans(TimeProvider.System.GetUtcNow()).ToByteArray()).GetAwaiter().GetResult();
            }
        }

        dashboard.WaitForRecords("logs", batches * Records.BatchSize);
        results.Add(new Row($"{count / 1e6:0.##} M records: memory after taking them, RSS", "MB", 200), Us, dashboard.Process.Rss);
    }

    private static void Ask(Bench bench, string folder, string what, Settings settings, RowResults results)
    {
        for (var round = 0; round < settings.Rounds; round++)
        {
            using var dashboard = new RunningDashboard(bench, folder);
            results.Add(new Row($"{what}: start to first answer", "ms", 1000), Us, dashboard.StartMilliseconds);
            results.Add(new Row($"{what}: start, CPU", "s", 0.7), Us, dashboard.StartCpuSeconds);
            results.Add(new Row($"{what}: memory after the start, RSS", "MB", 100), Us, dashboard.Process.Rss);
            var trace = Trace(dashboard);
            foreach (var (text, target, address) in Questions(trace))
            {
                dashboard.Get(address);
                var times = Enumerable.Range(0, Repeats).Select(_ => dashboard.Time(address)).Order().ToList();
                results.Add(new Row($"{what}: {text}", "ms", target), Us, times[Repeats / 2]);
            }

            results.Add(new Row($"{what}: memory after the questions, RSS", "MB", 200), Us, dashboard.Process.Rss);
            if (round == 0)
            {
                WhileFollowed(bench, dashboard, what, results);
            }
        }
    }

    // Through HTTP and with the whole answer: what a reader waits for.
    private static IEnumerable<(string Text, double? Target, string Address)> Questions(string trace) =>
    [
        ("newest 100", 5, "/api/telemetry/logs?limit=100"),
        ("newest 100 of one replica", 5, "/api/telemetry/logs?limit=100&resource=site-8003"),
        ("newest 100 errors", 10, "/api/telemetry/logs?limit=100&severity=error"),
        ("all of a trace", 60, $"/api/telemetry/traces/{trace}"),
        ("a common word, newest 100", 30, "/api/telemetry/logs?limit=100&q=answered&count=false"),
        ("a common word, newest 100, and how many there are", null, "/api/telemetry/logs?limit=100&q=answered&count=true"),
        ("a rare word, whole history", 350, $"/api/telemetry/logs?limit=100&q={Records.RareWord}"),
        ("page: structured logs", null, "/structuredlogs"),
        ("page: traces", null, "/traces"),
        ("page: Overview, 24 h", 50, "/?range=24h"),
    ];

    private static string Trace(RunningDashboard dashboard)
    {
        using var answer = JsonDocument.Parse(dashboard.Get("/api/telemetry/spans?limit=1"));
        return answer.RootElement.GetProperty("data").GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0].GetProperty("spans")[0].GetProperty("traceId").GetString()!;
    }

    private static void WhileFollowed(Bench bench, RunningDashboard dashboard, string what, RowResults results)
    {
        using var sender = new Sender(dashboard, Sender.Protobuf, bench.Cancelled);
        using var reader = dashboard.Follow();
        var made = new Records();
        var cpu = dashboard.Process.CpuSeconds;
        const int Seconds = 20;
        for (var i = 0; i < Seconds * 2; i++)
        {
            sender.SendAsync("logs", made.Logs(TimeProvider.System.GetUtcNow(), TimeSpan.FromMilliseconds(500)).ToByteArray()).GetAwaiter().GetResult();
            bench.Pause(0.5);
        }

        results.Add(new Row($"{what}: memory at 1,000 records/s with one page that follows, RSS", "MB", 200), Us, dashboard.Process.Rss);
        results.Add(new Row($"{what}: CPU meanwhile", "ms per s", null), Us, (dashboard.Process.CpuSeconds - cpu) / Seconds * 1000);
    }
}
