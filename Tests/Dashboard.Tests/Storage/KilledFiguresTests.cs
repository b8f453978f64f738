using System.Net.Http.Json;
using System.Text.Json;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard of its own process is killed while it adds up figures.</summary>
[Trait("kind", "process")]
public sealed class KilledFiguresTests : IDisposable
{
    private const int Step = 10;
    private readonly TempFolder _folder = new();
    private readonly ulong _start = Nanoseconds();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_are_neither_lost_nor_counted_twice_by_kill_9()
    {
        var sent = 0;
        for (var life = 0; life < 3; life++)
        {
            using var victim = await ChildDashboard.StartAsync(_folder.Path);
            var sending = Task.Run(async () =>
            {
                while (true)
                {
                    using var answer = await victim.PostAsync("/v1/metrics", Requests(sent += Step));
                    answer.EnsureSuccessStatusCode();
                }
            });
            var until = sent + (8 * Step);
            await OpenStore.UntilAsync(() => Volatile.Read(ref sent) > until, "eight batches");

            victim.Kill();
            await Should.ThrowAsync<HttpRequestException>(sending);
        }

        using var reborn = await ChildDashboard.StartAsync(_folder.Path);
        using (var last = await reborn.PostAsync("/v1/metrics", Requests(sent += Step)))
        {
            last.EnsureSuccessStatusCode();
        }

        (await CountAsync(reborn, atLeast: sent)).ShouldBe(sent);
    }

    private static async Task<double> CountAsync(ChildDashboard dashboard, int atLeast)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (true)
        {
            var reply = await dashboard.Client.GetFromJsonAsync<JsonElement>(new Uri(dashboard.Frontend, "/api/telemetry/overview?range=1h"), CancellationToken.None);
            var count = reply.GetProperty("instances").EnumerateArray().Single().GetProperty("served").GetProperty("count").GetDouble();
            if (count >= atLeast || late.IsCancellationRequested)
            {
                return count;
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private ExportMetricsRequest Requests(int count)
    {
        var point = new HistogramPoint
        {
            StartTimeUnixNano = _start, TimeUnixNano = Nanoseconds(), Count = (ulong)count, ExplicitBounds = { 0.1, 0.2 }, BucketCounts = { 0, (ulong)count, 0 },
            Attributes = { Messages.Text("http.route", "/") },
        };
        var metric = new Metric { Name = "http.server.request.duration", Unit = "s", Histogram = new Histogram { AggregationTemporality = 2, DataPoints = { point } } };
        return new ExportMetricsRequest
        {
            ResourceMetrics =
            {
                new ResourceMetrics
                {
                    Resource = new Resource { Attributes = { Messages.Text("service.name", "site"), Messages.Text("service.instance.id", "site-8001") } },
                    ScopeMetrics = { new ScopeMetrics { Metrics = { metric } } },
                },
            },
        };
    }

    private static ulong Nanoseconds() => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
}
