using System.Diagnostics;
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

namespace Stack.Dashboard.Tests.Api;

public sealed class MetricsApiTests : IAsyncLifetime
{
    private const string Range = "from=2026-11-22T08:14:00Z&to=2026-11-22T08:17:00Z";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static readonly double[] Bounds = [0.01, 0.1];
    private RunningDashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await RunningDashboard.StartAsync();

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_point_comes_back_as_it_was_sent()
    {
        await AddAsync(
            new SentMetrics { Start = -1, Unit = "{order}", Description = "Orders" }.Counter("counter", 1, 5, ("kind", "a")),
            new SentMetrics().Delta("delta", 1, 1.5), new SentMetrics().UpDown("updown", 1, -3), new SentMetrics().Gauge("gauge", 1, 0.25),
            new SentMetrics { Start = -1 }.Histogram("histogram", 1, Bounds, [1, 2, 3], 0.5, (0.07, Trace)),
            new SentMetrics { Start = -1 }.Exponential("exponential", 1, 4, -7, [1, 0, 2]),
            new SentMetrics { Start = -1 }.Summary("summary", 1, 10, 2.5, (0.5, 0.2)));

        (await DataAsync("counter")).ShouldBe("""
            {"name":"counter","description":"Orders","unit":"{order}","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"timeUnixNano":"1795335301000000000","attributes":[{"key":"kind","value":{"stringValue":"a"}}],"startTimeUnixNano":"1795335299000000000","asInt":"5"}]}}
            """.Trim());
        (await DataAsync("delta")).ShouldContain("""
            "sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"timeUnixNano":"1795335301000000000","attributes":[],"asDouble":1.5}]
            """.Trim());
        (await DataAsync("updown")).ShouldContain("\"sum\":{\"aggregationTemporality\":2,\"dataPoints\":[{\"timeUnixNano\":\"1795335301000000000\",\"attributes\":[],\"asInt\":\"-3\"}]");
        (await DataAsync("gauge")).ShouldContain("\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"1795335301000000000\",\"attributes\":[],\"asDouble\":0.25}]");
        (await DataAsync("histogram")).ShouldContain(
            $"\"count\":\"6\",\"sum\":0.5,\"bucketCounts\":[\"1\",\"2\",\"3\"],\"explicitBounds\":[0.01,0.1],\"exemplars\":[{{\"timeUnixNano\":\"1795335301000000000\",\"asDouble\":0.07,\"traceId\":\"{Trace}\"}}]");
        (await DataAsync("exponential")).ShouldContain("\"scale\":4,\"zeroCount\":\"0\",\"zeroThreshold\":0,\"positive\":{\"offset\":-7,\"bucketCounts\":[\"1\",\"0\",\"2\"]}");
        (await DataAsync("summary")).ShouldContain("\"count\":\"10\",\"sum\":2.5,\"quantileValues\":[{\"quantile\":0.5,\"value\":0.2}]");
    }

    [Fact]
    public async Task The_newest_points_of_all_senders_come_oldest_first_and_all_are_counted()
    {
        await AddAsync(Enumerable.Range(0, 20).SelectMany(i => new[] { new SentMetrics().Gauge("load", i, i), new SentMetrics("site-8002").Gauge("load", i + 0.5, i + 0.5) }));

        var reply = await GetAsync($"name=load&limit=3&{Range}");
        var one = await GetAsync($"name=load&resource=site-8002&meter=Site&{Range}");
        var none = await GetAsync($"name=load&meter=Other&{Range}");

        (reply.GetProperty("totalCount").GetInt32(), reply.GetProperty("returnedCount").GetInt32()).ShouldBe((40, 3));
        Values(reply).ShouldBe([18.5, 19.5, 19.0]);
        (one.GetProperty("totalCount").GetInt32(), none.GetProperty("totalCount").GetInt32()).ShouldBe((20, 0));
    }

    [Fact]
    public async Task Without_a_name_the_instruments_are_listed()
    {
        await AddAsync(new SentMetrics { Unit = "By", Description = "Memory" }.UpDown("memory", 1, 100), new SentMetrics("site-8002") { Unit = "By" }.UpDown("memory", 1, 20));

        var list = await GetAsync(Range);

        list.GetRawText().ShouldBe("""
            [{"meter":"Site","name":"memory","unit":"By","description":"Memory","type":"updown:cumulative","series":2,"resources":["site-8001","site-8002"],"lastTime":"2026-11-22T08:15:01+00:00","lastValue":120}]
            """.Trim());
    }

    [Theory]
    [InlineData("name=x&resource=nobody", HttpStatusCode.NotFound, "There is no resource 'nobody'. Known: none yet.")]
    [InlineData("from=yesterday", HttpStatusCode.BadRequest, "Parameter 'from' is 'yesterday', which is neither a time such as 2026-11-28T15:00:00Z nor milliseconds since 1970.")]
    [InlineData("from=2000&to=1000", HttpStatusCode.BadRequest, "Parameter 'from' (1970-01-01T00:00:02.0000000+00:00) is not before 'to' (1970-01-01T00:00:01.0000000+00:00).")]
    [InlineData("name=x&limit=0", HttpStatusCode.BadRequest, "Parameter 'limit' is '0', which is not a whole number from 1 to 10000.")]
    public async Task A_parameter_that_makes_no_sense_is_refused_by_its_name(string query, HttpStatusCode status, string problem)
    {
        using var answer = await _dashboard.Client.GetAsync($"/api/telemetry/metrics?{query}");

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldBe(problem);
    }

    [Fact]
    public async Task A_key_is_needed()
    {
        using var client = new HttpClient { BaseAddress = _dashboard.Client.BaseAddress };
        using var answer = await client.GetAsync("/api/telemetry/metrics");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Instruments_of_the_sdk_and_of_the_runtime_come_with_dimensions_descriptions_and_exemplars()
    {
        using (var meter = new Meter("metrics-api-test-" + Guid.NewGuid()))
        using (var source = new ActivitySource(meter.Name))
        using (var listener = new ActivityListener { ShouldListenTo = s => s == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded })
        {
            ActivitySource.AddActivityListener(listener);
            using var provider = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("site", serviceInstanceId: "site-8003", autoGenerateServiceInstanceId: false))
                .AddMeter(meter.Name, "System.Runtime").SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddOtlpExporter((exporter, reader) =>
                {
                    exporter.Protocol = OtlpExportProtocol.Grpc;
                    exporter.Endpoint = _dashboard.Grpc;
                    exporter.Headers = "x-otlp-api-key=" + RunningDashboard.OtlpKey;
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 60_000;
                })
                .Build();
            meter.CreateObservableGauge("queue.length", () => new Measurement<int>(7, new KeyValuePair<string, object?>("queue", "mail")), "{item}", "Waiting items");
            var orders = meter.CreateCounter<long>("orders", "{order}");
            var duration = meter.CreateHistogram<double>("order.duration", "s");
            for (var i = 1; i <= 2; i++)
            {
                using (source.StartActivity("order"))
                {
                    orders.Add(i, new KeyValuePair<string, object?>("kind", "book"));
                    duration.Record(0.03 * i);
                }

                provider.ForceFlush(20_000).ShouldBeTrue();
            }
        }

        // What counts up, twice; what stays, once.
        await WaitForPointsAsync("order.duration", 2);
        var list = (await GetAsync("")).EnumerateArray().ToDictionary(i => i.GetProperty("name").GetString()!);

        list["queue.length"].GetProperty("description").GetString().ShouldBe("Waiting items");
        (list["queue.length"].GetProperty("type").GetString(), list["queue.length"].GetProperty("lastValue").GetDouble()).ShouldBe(("gauge", 7));
        (list["orders"].GetProperty("type").GetString(), list["orders"].GetProperty("lastValue").GetDouble()).ShouldBe(("sum:cumulative", 3));
        list["order.duration"].GetProperty("lastValue").GetDouble().ShouldBe(0.045, 1e-9);
        list["dotnet.process.memory.working_set"].GetProperty("unit").GetString().ShouldBe("By");
        list["dotnet.process.memory.working_set"].GetProperty("lastValue").GetDouble().ShouldBeGreaterThan(1 << 20);
        (await GetAsync("name=order.duration")).GetRawText().ShouldContain("\"exemplars\":[{");
        (await GetAsync("name=orders")).GetRawText().ShouldContain("""{"key":"kind","value":{"stringValue":"book"}}""");
    }

    private async Task WaitForPointsAsync(string name, int count)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        var found = 0;
        while ((found = (await GetAsync($"name={name}")).GetProperty("totalCount").GetInt32()) < count)
        {
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited for {count} points of '{name}'; there are {found}.");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    private async Task<JsonElement> GetAsync(string query) => await _dashboard.Client.GetFromJsonAsync<JsonElement>($"/api/telemetry/metrics?{query}");

    private async Task<string> DataAsync(string name)
    {
        var reply = await GetAsync($"name={name}&{Range}");
        return reply.GetProperty("data").GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics")[0].GetProperty("metrics")[0].GetRawText();
    }

    private static IEnumerable<double> Values(JsonElement reply) =>
        reply.GetProperty("data").GetProperty("resourceMetrics").EnumerateArray()
            .SelectMany(sender => sender.GetProperty("scopeMetrics")[0].GetProperty("metrics")[0].GetProperty("gauge").GetProperty("dataPoints").EnumerateArray())
            .Select(point => point.GetProperty("asDouble").GetDouble());

    private async Task AddAsync(params IEnumerable<SentMetrics> senders)
    {
        var batch = SentMetrics.Rows(senders);
        var before = _dashboard.Get<StoreStatus>().Committed;
        _dashboard.Get<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        _dashboard.Get<TelemetryStore>().Add(batch);
        await OpenStore.UntilAsync(() => _dashboard.Get<StoreStatus>().Committed == before + batch.Count, "the commit");
    }
}
