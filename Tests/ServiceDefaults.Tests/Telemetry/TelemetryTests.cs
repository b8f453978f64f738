using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Telemetry;

/// <summary>What arrives at a collector. A site is stopped before anything is looked at: the stop sends all that is left.</summary>
public class TelemetryTests
{
    [Fact]
    public async Task Spans_logs_and_metrics_name_the_replica_they_come_from()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/"], new()
        {
            ["STACK_INSTANCE"] = "site-8003", ["OTEL_SERVICE_NAME"] = "site", ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=secret-key",
        });

        foreach (var resource in new[] { Spans(collector)[0].Resource, collector.Logs[0].Resource, collector.Points[0].Resource })
        {
            resource["service.name"].ShouldBe("site");
            resource["service.instance.id"].ShouldBe("site-8003");
            resource["service.version"].ShouldNotBeEmpty();
        }

        collector.ApiKeys.ShouldAllBe(key => key == "secret-key");
    }

    [Fact]
    public async Task Resource_attributes_that_were_given_are_kept()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/"], new()
        {
            ["STACK_INSTANCE"] = "site-8003", ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=other-1,service.version=7,deployment.environment.name=test,service.name=named",
        });

        var resource = Spans(collector)[0].Resource;
        resource["service.instance.id"].ShouldBe("other-1");
        resource["service.version"].ShouldBe("7");
        resource["deployment.environment.name"].ShouldBe("test");
        resource["service.name"].ShouldBe("named");
    }

    [Fact]
    public async Task Site_by_itself_is_named_after_application_host_and_process()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/"]);

        var resource = Spans(collector)[0].Resource;
        resource["service.name"].ShouldBe("ServiceDefaults.Tests");
        resource["service.instance.id"].ShouldBe($"{Environment.MachineName}:{Environment.ProcessId}");
    }

    [Fact]
    public async Task Span_of_a_start_page_whose_route_is_empty_has_the_name_of_its_path()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/"], pipeline: app => app.MapGet("", () => "start"));

        var span = Spans(collector).Single();
        span.Name.ShouldBe("GET /");
        span.Attributes["http.route"].ShouldBe("/");
    }

    [Theory]
    [InlineData("/sample/show/7", "GET Sample/Show/{id?}", "{controller=Sample}/{action=Index}/{id?}", "Sample/Show/{id?}", "200")]
    [InlineData("/by-attribute/12", "GET by-attribute/{number:int}", "by-attribute/{number:int}", "by-attribute/{number:int}", "200")]
    [InlineData("/minimal/x", "GET /minimal/{name}", "/minimal/{name}", "/minimal/{name}", "200")]
    [InlineData("/nowhere", "GET", null, null, "404")]
    public async Task Span_of_a_request_has_route_status_and_a_good_name(string path, string name, string? route, string? filledRoute, string status)
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, [path]);

        var span = Spans(collector).Single(span => span.Attributes.GetValueOrDefault("url.path") == path);
        span.Name.ShouldBe(name);
        span.Attributes.GetValueOrDefault("http.route").ShouldBe(route);
        span.Attributes.GetValueOrDefault("stack.route").ShouldBe(filledRoute);
        span.Attributes["http.response.status_code"].ShouldBe(status);
        span.Attributes["http.request.method"].ShouldBe("GET");
        span.Attributes["network.protocol.version"].ShouldBe("1.1");
        span.Status.ShouldBe(0);
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Production", false)]
    [InlineData("Development", false)]
    public async Task Failure_marks_the_span_of_the_route_that_was_asked_for(string environment, bool errorPage)
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/sample/fail"], errorPage: errorPage, environment: environment);

        var span = Spans(collector).Single(span => span.Attributes.GetValueOrDefault("url.path") == "/sample/fail");
        span.Name.ShouldBe("GET Sample/Fail/{id?}");
        span.Attributes["http.response.status_code"].ShouldBe("500");
        span.Attributes["error.type"].ShouldBe("System.InvalidOperationException");
        span.Status.ShouldBe(2);
        span.Events.ShouldContain("exception");
    }

    [Theory]
    [InlineData("/sample/absent", "GET Sample/Absent/{id?}", "Sample/Absent/{id?}")]
    [InlineData("/no/such/page/at/all", "GET", null)]
    public async Task Page_that_is_executed_in_the_place_of_an_empty_404_does_not_pass_for_what_was_asked(string path, string name, string? route)
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, [path], pipeline: app => app.MapGet("/status/{code}", (int code) => $"sorry: {code}"), statusPages: true);

        var span = Spans(collector).Single(span => span.Attributes.GetValueOrDefault("url.path") == path);
        span.Name.ShouldBe(name);
        span.Attributes.GetValueOrDefault("stack.route").ShouldBe(route);
        span.Attributes["http.response.status_code"].ShouldBe("404");
        span.Status.ShouldBe(0);
        collector.Logs.Single(log => log.Category == "Stack.Request").Attributes["Route"].ShouldBe(route ?? "none");
        collector.Points.ShouldNotContain(point => point.Metric == "http.server.request.duration" && point.Attributes.Values.Contains("/status/{code}"));
    }

    [Fact]
    public async Task Web_socket_is_a_span_of_its_route_that_switched_protocols()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, [],
            pipeline: app =>
            {
                app.UseWebSockets();
                app.MapGet("/socket", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                });
            },
            visit: async address =>
            {
                using var socket = new ClientWebSocket();
                await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/socket", Query = "secret=canary" }.Uri, TestContext.Current.CancellationToken);
                await socket.ReceiveAsync(new byte[16], TestContext.Current.CancellationToken);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
            });

        var span = Spans(collector).Single(span => span.Name == "GET /socket");
        span.Attributes["http.response.status_code"].ShouldBe("101");
        span.Attributes["stack.route"].ShouldBe("/socket");
        span.Status.ShouldBe(0);
        collector.Contains("canary").ShouldBeFalse();
    }

    [Fact]
    public async Task Call_to_a_service_is_a_child_span_with_the_address_that_was_chosen_and_without_the_query()
    {
        await using var callee = await TestSite.StartAsync(sockets: true, pipeline: app => app.MapGet("/items", () => "items"));
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/call"],
            new()
            {
                ["services:callee:http:0"] = "http://127.0.0.1:1",
                ["services:callee:http:1"] = callee.Address.ToString(),
                ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
                ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true",
            },
            pipeline: app => app.MapGet("/call", (IHttpClientFactory clients) => clients.CreateClient("caller").GetStringAsync("http://callee/items?secret=canary")));

        var server = Spans(collector).Single(span => span.Name == "GET /call");
        var calls = Spans(collector).Where(span => span.ParentId == server.SpanId).ToList();
        calls.Select(call => call.Attributes["server.port"]).ShouldBe(["1", $"{callee.Address.Port}"]);
        calls[0].Attributes["error.type"].ShouldBe("connection_error");
        calls[1].Attributes["url.full"].ShouldBe($"{callee.Address}items?*");
        calls[1].TraceId.ShouldBe(server.TraceId);
        Spans(collector).Single(span => span.Name == "GET /items").ParentId.ShouldBe(calls[1].SpanId);
        collector.Contains("canary").ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_collector_refuses_is_sent_again()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        collector.Refuses = true;
        await using var site = await TestSite.StartAsync(
            new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100", ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            },
            sockets: true, pipeline: app => app.MapGet("/asked", () => "answered"));
        using var client = site.CreateClient();

        (await client.GetStringAsync("/asked", TestContext.Current.CancellationToken)).ShouldBe("answered");
        await UntilAsync(() => collector.Refused >= 2, "two exports were refused");
        collector.Refuses = false;

        await UntilAsync(() => collector.Spans.Any(span => span.Name == "GET /asked"), "the span arrived");
        await UntilAsync(() => collector.Logs.Any(log => log.Category == "Stack.Request" && log.Attributes["Path"] == "/asked"), "the summary arrived");
    }

    [Fact]
    public async Task Summary_arrives_as_a_log_of_the_span_without_repeated_ids()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/sample/show/7"]);

        var span = Spans(collector).Single(span => span.Name == "GET Sample/Show/{id?}");
        var summary = collector.Logs.Single(log => log.Category == "Stack.Request");
        summary.TraceId.ShouldBe(span.TraceId);
        summary.SpanId.ShouldBe(span.SpanId);
        summary.Severity.ShouldBe(9);
        summary.Body.ShouldStartWith("GET /sample/show/7 200 in ");
        summary.Attributes["Route"].ShouldBe("Sample/Show/{id?}");
        summary.Attributes["StatusCode"].ShouldBe("200");
        summary.Attributes.Keys.ShouldNotContain("TraceId");
    }

    [Fact]
    public async Task Duration_metric_has_the_filled_route_and_fine_buckets()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/sample/show/7", "/"]);

        // Points without a route are the collector's own: it runs in this process.
        var durations = collector.Points.Where(point => point.Metric == "http.server.request.duration" && point.Attributes.ContainsKey("http.route")).ToList();
        durations.ShouldAllBe(point => point.Kind == 10);
        durations.Select(point => point.Attributes["stack.route"]).Distinct().Order().ShouldBe(["Sample/Index/{id?}", "Sample/Show/{id?}"]);
        collector.Points.Select(point => point.Metric).ShouldContain("dotnet.process.memory.working_set");
    }

    [Fact]
    public async Task Health_checks_leave_no_trace_in_spans_metrics_and_logs_nor_does_what_they_call()
    {
        const string source = "ServiceDefaults.Tests";
        using var activities = new ActivitySource(source);
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/health", "/alive", "/"], services: builder => builder.Services.AddHealthChecks().AddCheck("database", () =>
        {
            using var query = activities.StartActivity("query of a check");
            return new();
        }));

        Spans(collector).Select(span => span.Name).ShouldNotContain("query of a check");
        Spans(collector).ShouldNotContain(span => span.Name.Contains("health") || span.Attributes.GetValueOrDefault("url.path") == "/alive");
        collector.Points.ShouldNotContain(point => point.Attributes.Values.Any(value => value.Contains("health") || value.Contains("alive")));
        collector.Logs.ShouldNotContain(log => log.Category == "Stack.Request" && log.Attributes["Path"] != "/");
    }

    [Fact]
    public async Task Query_text_is_nowhere_in_what_is_sent()
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/?secret=canary-1", "/sample/fail?secret=canary-2", "/nowhere?secret=canary-3"], errorPage: true);

        collector.Logs.Count(log => log.Category == "Stack.Request").ShouldBe(3);
        Spans(collector).Count.ShouldBeGreaterThanOrEqualTo(3);
        collector.Contains("sample/fail").ShouldBeTrue();
        collector.Contains("canary").ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_site_measures_and_traces_itself_is_sent_too()
    {
        using var own = new ActivitySource("ServiceDefaults.Tests");
        using var added = new ActivitySource("Added.By.The.Site");
        using var meter = new Meter("ServiceDefaults.Tests");
        var orders = meter.CreateCounter<int>("orders");
        await using var collector = await OtlpReceiver.StartHttpAsync();

        await RunAsync(collector, ["/own"],
            services: builder => builder.Services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddSource("Added.By.The.Site")),
            pipeline: app => app.MapGet("/own", () =>
            {
                using var outer = own.StartActivity("outer");
                using var inner = added.StartActivity("inner");
                orders.Add(1);
                return "done";
            }));

        var request = Spans(collector).Single(span => span.Name == "GET /own");
        var outer = Spans(collector).Single(span => span.Name == "outer");
        outer.ParentId.ShouldBe(request.SpanId);
        Spans(collector).Single(span => span.Name == "inner").ParentId.ShouldBe(outer.SpanId);
        collector.Points.Select(point => point.Metric).ShouldContain("orders");
    }

    [Fact]
    public async Task Without_an_endpoint_there_is_no_telemetry_at_all()
    {
        await using var site = await TestSite.StartAsync();

        site.App.Services.GetService<TracerProvider>().ShouldBeNull();
        site.App.Services.GetService<OpenTelemetry.Metrics.MeterProvider>().ShouldBeNull();
        site.App.Services.GetService<OpenTelemetry.Logs.LoggerProvider>().ShouldBeNull();
        site.App.Services.GetServices<ILoggerProvider>().ShouldAllBe(provider => provider is RecordedLogs);
    }

    private static List<OtlpSpan> Spans(OtlpReceiver collector) => [.. collector.Spans];

    private static async Task RunAsync(
        OtlpReceiver collector, string[] paths, Dictionary<string, string?>? settings = null, bool errorPage = false,
        Action<WebApplicationBuilder>? services = null, Action<WebApplication>? pipeline = null, string environment = "Production", bool statusPages = false,
        Func<Uri, Task>? visit = null)
    {
        var all = new Dictionary<string, string?>(settings ?? [])
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };
        await using var site = await TestSite.StartAsync(all, sockets: true, environment: environment,
            services: builder =>
            {
                builder.Services.AddControllers();
                services?.Invoke(builder);
            },
            pipeline: app =>
            {
                if (errorPage)
                {
                    app.UseExceptionHandler("/oops");
                }

                if (statusPages)
                {
                    app.UseStatusCodePagesWithReExecute("/status/{0}");
                    app.UseRouting();
                }

                app.MapControllerRoute("default", "{controller=Sample}/{action=Index}/{id?}");
                app.MapGet("/minimal/{name}", (string name) => name);
                app.MapGet("/oops", () => "sorry");
                pipeline?.Invoke(app);
            });

        // Without a span of its own, so that the server's span is the root.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = site.Address };
        foreach (var path in paths)
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        }

        await (visit?.Invoke(site.Address) ?? Task.CompletedTask);
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            limit.IsCancellationRequested.ShouldBeFalse($"Within 30 s it did not happen that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
