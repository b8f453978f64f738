using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;
using Stack.Dashboard.Tests.Web;

namespace Stack.Dashboard.Tests.Api;

public sealed class OverviewApiTests
{
    [Theory]
    [InlineData(true, MetricReaderTemporalityPreference.Cumulative)]
    [InlineData(true, MetricReaderTemporalityPreference.Delta)]
    [InlineData(false, MetricReaderTemporalityPreference.Cumulative)]
    [InlineData(false, MetricReaderTemporalityPreference.Delta)]
    public async Task Histograms_of_the_sdk_come_out_as_the_requests_that_were_made(bool exponential, MetricReaderTemporalityPreference temporality)
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var random = new Random(11);
        var seconds = Enumerable.Range(0, 2000).Select(_ => 0.005 * Math.Pow(200, random.NextDouble())).ToList();

        Send(dashboard, exponential, temporality, seconds, errors: 50);
        await OpenStore.UntilAsync(() => dashboard.Get<StoreStatus>().Committed >= 6, "the commit");
        var reply = await ReadAsync(dashboard, "/api/telemetry/overview?range=1h");

        var instance = reply.GetProperty("instances").EnumerateArray().Single();
        instance.GetProperty("name").GetString().ShouldBe("site-8003");
        instance.GetProperty("service").GetString().ShouldBe("site");
        var served = instance.GetProperty("served");
        served.GetProperty("count").GetDouble().ShouldBe(2000);
        served.GetProperty("errors").GetDouble().ShouldBe(50);
        seconds.Sort();
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
        {
            // The framework's fixed bounds are coarse (0.25, 0.5, 0.75, 1 s): what is between them nobody knows.
            var allowed = exponential ? 0.05 : 0.15;
            (served.GetProperty(name).GetDouble() / seconds[(int)(share * 2000) - 1]).ShouldBeInRange(1 - allowed, 1 + allowed, name);
        }
    }

    [Fact]
    public async Task The_odd_one_out_and_the_gateways_view_are_in_the_answer()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        var batch = new TelemetryBatch();
        foreach (var (instance, seconds) in new[] { ("site-8001", 0.02), ("site-8002", 0.5), ("site-8003", 0.02) })
        {
            batch.Add(new SentRequests(instance) { Start = now.AddSeconds(-50) }.After(now.AddSeconds(-20), Enumerable.Repeat(seconds, 100)));
        }

        batch.Add(SentRequests.Gateway(now.AddSeconds(-20), 0.06, 200, new GatewayTry("site-8002", 502, 0.03), new GatewayTry("site-8001", 200, 0.03)));
        dashboard.Get<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        dashboard.Get<TelemetryStore>().Add(batch);
        await OpenStore.UntilAsync(() => dashboard.Get<StoreStatus>().Committed >= 4, "the commit");

        var reply = await ReadAsync(dashboard, "/api/telemetry/overview");

        var instances = reply.GetProperty("instances").EnumerateArray().ToDictionary(i => i.GetProperty("name").GetString()!);
        instances.Keys.ShouldBe(["site-8001", "site-8002", "site-8003"]);
        instances["site-8002"].GetProperty("odd").EnumerateArray().Single().GetProperty("measure").GetString().ShouldBe("P95");
        instances["site-8001"].GetProperty("odd").GetArrayLength().ShouldBe(0);
        instances["site-8002"].GetProperty("sentByGateway").GetProperty("answeredElsewhere").GetDouble().ShouldBe(1);
        reply.GetProperty("gateways").EnumerateArray().Single().GetProperty("answered").GetProperty("count").GetDouble().ShouldBe(1);
    }

    [Fact]
    public async Task Only_replicas_of_the_same_resource_are_compared_and_a_job_that_ended_well_is_none()
    {
        using var folder = new TempFolder();
        var socket = Path.Combine(folder.Path, "c.sock");
        var dashboardItself = Sample.Resource("aspire-dashboard", "Executable", Sample.Replica("aspire-dashboard")) with { Hidden = true };
        await using var host = await FakeAppHost.StartAsync(socket, Sample.Job("migrations"), Sample.Site(3), Sample.Nginx(), dashboardItself);
        await using var dashboard = await ConnectedDashboard.StartAsync(socket, settings: ["--Dashboard:Api:AuthMode=Unsecured"]);
        var batch = new TelemetryBatch();
        foreach (var (name, megabytes) in new[] { ("site-8001", 100), ("site-8002", 320), ("site-8003", 104), ("nginx", 10), ("migrations", 90), ("aspire-dashboard", 900) })
        {
            batch.Add(SentRequests.Replica(TimeProvider.System.GetUtcNow().AddSeconds(-20), name, "stack.replica.memory", megabytes * 1e6));
        }

        dashboard.Service<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        dashboard.Service<TelemetryStore>().Add(batch);
        await batch.Settled.WaitAsync(RunningDashboard.Patience);

        var reply = await dashboard.Browser.GetFromJsonAsync<JsonElement>("/api/telemetry/overview");

        var instances = reply.GetProperty("instances").EnumerateArray().ToDictionary(i => i.GetProperty("name").GetString()!, i => i.GetProperty("odd").GetArrayLength());
        instances.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => $"{i.Key} {i.Value}").ShouldBe(["aspire-dashboard 0", "nginx 0", "site-8001 0", "site-8002 1", "site-8003 0"]);
    }

    [Theory]
    [InlineData("range=2h", "Parameter 'range' is '2h', which is not offered. Ranges: 1m, 5m, 15m, 1h, 6h, 24h, 7d.")]
    [InlineData("from=2026-11-28T10:00:00Z&to=2026-11-28T09:00:00Z", "Parameter 'from' is not before 'to'.")]
    [InlineData("from=yesterday", "Parameter 'from' is 'yesterday', which is neither a time such as 2026-11-28T15:00:00Z nor milliseconds since 1970.")]
    public async Task A_range_that_makes_no_sense_is_refused(string query, string problem)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var answer = await dashboard.Client.GetAsync("/api/telemetry/overview?" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldBe(problem);
    }

    private static Task<JsonElement> ReadAsync(RunningDashboard dashboard, string address) => dashboard.Client.GetFromJsonAsync<JsonElement>(address);

    private static void Send(RunningDashboard dashboard, bool exponential, MetricReaderTemporalityPreference temporality, List<double> seconds, int errors)
    {
        var name = "overview-test-" + Guid.NewGuid();
        using var meter = new Meter(name);
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "site"), new("service.instance.id", "site-8003")]))
            .AddMeter(name)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = OtlpExportProtocol.Grpc;
                exporter.Endpoint = dashboard.Grpc;
                exporter.Headers = "x-otlp-api-key=" + RunningDashboard.OtlpKey;
                exporter.TimeoutMilliseconds = 20_000;
                reader.TemporalityPreference = temporality;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 3_600_000;
            });
        if (exponential)
        {
            builder.AddView("*", new Base2ExponentialBucketHistogramConfiguration());
        }

        using var provider = builder.Build();
        var duration = meter.CreateHistogram<double>(
            "http.server.request.duration", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });

        // Three exports, so that cumulative values come more than once.
        foreach (var part in seconds.Index().Chunk((seconds.Count / 3) + 1))
        {
            foreach (var (index, value) in part)
            {
                duration.Record(value, new KeyValuePair<string, object?>("http.response.status_code", index < errors ? 500 : 200), new("http.route", index % 2 == 0 ? "/" : "/orders"));
            }

            provider.ForceFlush(20_000).ShouldBeTrue();
        }
    }
}
