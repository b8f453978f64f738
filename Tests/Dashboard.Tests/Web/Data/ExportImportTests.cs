using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Import;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Ingest;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Web.Data;

public sealed class ExportImportTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string OneLog = """{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"imported"}}]}]}]}""";

    [Fact]
    public async Task What_is_exported_cleared_and_imported_is_the_same_again()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await FillAsync(dashboard);
        var before = await dashboard.UnzipAsync("/export/telemetry.zip");
        var zip = await dashboard.Browser.GetByteArrayAsync("/export/telemetry.zip");

        using (var cleared = await dashboard.PostAsync("/settings/clear", ("instance", "")))
        {
            cleared.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }

        (await dashboard.UnzipAsync("/export/telemetry.zip")).Keys.ShouldBe(["export.json"]);
        using var imported = await dashboard.ImportAsync(zip);
        imported.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await imported.Content.ReadAsStringAsync());
        imported.Headers.Location!.ToString().ShouldBe("/settings?done=imported-3-4-6");
        (await dashboard.OpenAsync(imported.Headers.Location.ToString())).QuerySelector("#done")!.TextContent.ShouldBe("Imported: 3 log records, 4 spans, 6 points of metrics.");

        await OpenStore.UntilAsync(() => dashboard.Service<TelemetryStore>().Catalogue.Segments.Sum(s => s.Logs + s.Spans + s.Points) == 13, "the import to be stored");
        var after = await dashboard.UnzipAsync("/export/telemetry.zip");
        foreach (var folder in (string[])["logs", "traces", "metrics"])
        {
            after[$"{folder}/000001.json"].ShouldContain(TelemetryImport.Mark);
            Plain(after[$"{folder}/000001.json"]).ShouldBe(Plain(before[$"{folder}/000001.json"]));
        }
    }

    [Fact]
    public async Task An_export_can_be_of_one_sender_and_of_a_time()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await FillAsync(dashboard);

        var one = await dashboard.UnzipAsync("/export/telemetry.zip?resource=site-8002");
        var old = await dashboard.UnzipAsync("/export/telemetry.zip?from=2020-01-01&to=2021-01-01");

        one["logs/000001.json"].ShouldContain("second");
        one["logs/000001.json"].ShouldNotContain("first");
        one.ShouldNotContainKey("metrics/000001.json");
        JsonNode.Parse(one["export.json"])!["resources"]![0]!.GetValue<string>().ShouldBe("site-8002");
        old.Keys.ShouldBe(["export.json"]);
    }

    [Fact]
    public async Task Many_records_come_in_messages_of_bounded_size()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync([.. Enumerable.Range(0, 2500).Select(i => new SentLog($"record {i}"))]);
        await OpenStore.UntilAsync(() => dashboard.Service<StoreStatus>().Committed == 2500, "the commit");

        var files = await dashboard.UnzipAsync("/export/telemetry.zip");

        files.Keys.ShouldBe(["logs/000001.json", "logs/000002.json", "logs/000003.json", "export.json"]);
        files.Where(file => file.Key != "export.json").Sum(file => file.Value.Split("\"timeUnixNano\"").Length - 1).ShouldBe(2500);
    }

    [Theory]
    [InlineData("this is no zip", "This is not a zip that can be read")]
    [InlineData("", "No file was chosen.")]
    public async Task What_is_no_zip_is_refused(string content, string reason)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.ImportAsync(Encoding.UTF8.GetBytes(content));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(reason);
    }

    [Theory]
    [InlineData("b.json", """{"resourceLogs":[{"scopeLogs":7}]}""", "'b.json' in the zip is not OTLP JSON")]
    [InlineData("b.json", """{"resourceLogs":[""", "'b.json' in the zip is not OTLP JSON")]
    [InlineData("b.json", """{"something":1}""", "it has none of resourceLogs, resourceSpans and resourceMetrics.")]
    [InlineData("b.json", "[]", "it has none of resourceLogs, resourceSpans and resourceMetrics.")]
    [InlineData("../b.json", OneLog, "has a name that leads out of the zip")]
    [InlineData("/etc/b.json", OneLog, "has a name that leads out of the zip")]
    [InlineData("a\\..\\b.json", OneLog, "has a name that leads out of the zip")]
    public async Task A_zip_with_one_bad_file_leaves_nothing_behind(string name, string text, string reason)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.ImportAsync(Browsing.Zip(("a.json", OneLog), (name, text)));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()).ShouldContain(reason);
        (await dashboard.Service<LogQueries>().FindAsync(new LogFilter(), CancellationToken.None)).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_grows_out_of_bounds_is_refused_while_it_is_unpacked()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        var bomb = Browsing.Zip(("a.json", OneLog), ("bomb.json", new string(' ', 40_000_000)));
        bomb.Length.ShouldBeLessThan(100_000);

        using var answer = await dashboard.ImportAsync(bomb);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()).ShouldContain("'bomb.json' is larger than 16 MB when it is unpacked");
    }

    [Fact]
    public async Task A_zip_over_the_limit_is_refused_before_it_is_read()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/settings/import");
        request.Content = new ByteArrayContent(new byte[10]);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        request.Content.Headers.ContentLength = TelemetryImport.MaxZipBytes * 2;
        request.Headers.ExpectContinue = true;

        using var answer = await dashboard.Browser.SendAsync(request).WaitAsync(RunningDashboard.Patience);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("It is larger than 100 MB.");
    }

    [Fact]
    public async Task Zips_of_other_tools_are_taken_and_what_is_no_telemetry_in_them_is_left_out()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var none = await dashboard.ImportAsync(Browsing.Zip(("console/site.txt", "hello")));
        using var some = await dashboard.ImportAsync(Browsing.Zip(("structuredlogs/site.json", """{"schemaUrl":"x","resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"theirs"}}]}]}]}"""), ("console/site.txt", "hello")));

        (await none.Content.ReadAsStringAsync()).ShouldContain("There is no telemetry in the zip");
        some.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        some.Headers.Location!.ToString().ShouldBe("/settings?done=imported-1-0-0");
    }

    [Theory]
    [InlineData("/settings/import")]
    [InlineData("/settings/clear")]
    [InlineData("/settings/view")]
    public async Task Nothing_is_done_without_the_forms_token(string path)
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("kept"));
        await dashboard.WaitForResourceAsync("site-8001");
        using var form = new MultipartFormDataContent { { new StringContent("dark"), "theme" }, { new ByteArrayContent(Browsing.Zip(("a.json", OneLog))), "zip", "a.zip" } };

        using var answer = await dashboard.Browser.PostAsync(path, form);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await dashboard.Service<LogQueries>().FindAsync(new LogFilter(), CancellationToken.None)).Rows.Single().Body.ShouldBe("kept");
        answer.Headers.TryGetValues("Set-Cookie", out var cookies);
        (cookies ?? []).ShouldNotContain(cookie => cookie.StartsWith("stack-theme", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/settings/import")]
    [InlineData("/settings/clear")]
    public async Task A_viewer_may_neither_import_nor_clear(string path)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync(settings: "--Dashboard:Frontend:ViewerToken=the-token-of-a-viewer");
        (await dashboard.Browser.GetAsync("/login?t=the-token-of-a-viewer")).Dispose();
        var page = await dashboard.OpenAsync("/settings");
        page.QuerySelector("#import").ShouldBeNull();
        page.QuerySelector("#clear").ShouldBeNull();

        using var answer = await dashboard.PostAsync(path, ("instance", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    // The times of arrival and the mark are those of the import.
    private static string Plain(string json)
    {
        var root = JsonNode.Parse(json)!;
        foreach (var resource in root.AsObject().Single().Value!.AsArray())
        {
            var attributes = resource!["resource"]!["attributes"]!.AsArray();
            foreach (var mark in attributes.Where(a => a!["key"]!.GetValue<string>() == TelemetryImport.Mark).ToList())
            {
                attributes.Remove(mark);
            }

            foreach (var scope in resource["scopeLogs"]?.AsArray() ?? [])
            {
                foreach (var record in scope!["logRecords"]!.AsArray())
                {
                    record!.AsObject().Remove("observedTimeUnixNano");
                }
            }
        }

        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static async Task FillAsync(TestDashboard dashboard)
    {
        await dashboard.SendLogsAsync(
            new SentLog("first") { TraceId = Trace, Attributes = { ["OrderId"] = "5512" } }, new SentLog("second", "site-8002", 17), new SentLog("<third> \u202e & \"quotes\""));
        await OpenStore.UntilAsync(() => dashboard.Service<StoreStatus>().Committed == 3, "the commit of the logs");
        await SentSpan.SendAsync(dashboard, [.. SentSpan.Retried(Trace), new SentSpan(Trace, "00f067aa0ba902ba", "broken", "site-8002") { IsError = true }]);
        var before = dashboard.Service<StoreStatus>().Committed;
        using var client = new HttpClient();
        using var content = new ByteArrayContent(Metrics().ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await client.PostAsync(new Uri(dashboard.Service<Listeners>().OtlpHttp, "v1/metrics"), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await OpenStore.UntilAsync(() => dashboard.Service<StoreStatus>().Committed == before + 6, "the commit of the points");
    }

    private static ExportMetricsRequest Metrics()
    {
        const ulong Time = 1_795_334_400_000_000_100;
        var histogram = new HistogramPoint { TimeUnixNano = Time, StartTimeUnixNano = Time - 1000, Count = 3, Sum = 1.5, Min = 0.1, Max = 1, BucketCounts = { 1, 2 }, ExplicitBounds = { 0.5 }, Attributes = { Messages.Text("http.route", "/x") } };
        var exponential = new ExponentialPoint { TimeUnixNano = Time, Count = 4, Scale = 3, ZeroCount = 1, Positive = new ExponentialPoint.Types.Buckets { Offset = -2, BucketCounts = { 1, 2 } } };
        var summary = new SummaryPoint { TimeUnixNano = Time, Count = 2, Sum = 3, QuantileValues = { new SummaryPoint.Types.Quantile { Quantile_ = 0.5, Value = 1 } } };
        var scope = new ScopeMetrics
        {
            Scope = new Scope { Name = "meter" },
            Metrics =
            {
                new Metric { Name = "gauge", Unit = "By", Gauge = new Gauge { DataPoints = { new NumberPoint { TimeUnixNano = Time, AsInt = 5 } } } },
                new Metric { Name = "sum", Unit = "1", Sum = new Sum { IsMonotonic = true, AggregationTemporality = 2, DataPoints = { new NumberPoint { TimeUnixNano = Time, AsDouble = 5.5 } } } },
                new Metric { Name = "updown", Sum = new Sum { AggregationTemporality = 1, DataPoints = { new NumberPoint { TimeUnixNano = Time, AsInt = -2 } } } },
                new Metric { Name = "histogram", Unit = "s", Histogram = new Histogram { AggregationTemporality = 2, DataPoints = { histogram } } },
                new Metric { Name = "exponential", ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = 2, DataPoints = { exponential } } },
                new Metric { Name = "summary", Summary = new Summary { DataPoints = { summary } } },
            },
        };
        var resource = new ResourceMetrics { Resource = new Resource { Attributes = { Messages.Text("service.name", "site"), Messages.Text("service.instance.id", "site-8001") } }, ScopeMetrics = { scope } };
        return new ExportMetricsRequest { ResourceMetrics = { resource } };
    }
}
