using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
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
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failure_marks_the_span_of_the_route_that_was_asked_for(bool errorPage)
    {
        await using var collector = await OtlpReceiver.StartHttpAsync();
        await RunAsync(collector, ["/sample/fail"], errorPage: errorPage);

        var span = Spans(collector).Single(span => span.Attributes.GetValueOrDefault("url.path") == "/sample/fail");
        span.Name.ShouldBe("GET Sample/Fail/{id?}");
        span.Attributes["http.response.status_code"].ShouldBe("500");
        span.Attributes["error.type"].ShouldBe("System.InvalidOperationException");
        span.Status.ShouldBe(2);
        span.Events.ShouldContain("exception");
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
        Action<WebApplicationBuilder>? services = null, Action<WebApplication>? pipeline = null)
    {
        var all = new Dictionary<string, string?>(settings ?? [])
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };
        await using var site = await TestSite.StartAsync(all, sockets: true,
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
    }
}
