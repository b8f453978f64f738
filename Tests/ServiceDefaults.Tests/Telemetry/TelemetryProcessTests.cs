using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Telemetry;

[Trait("kind", "process")]
public class TelemetryProcessTests
{
    // By itself it tries for 10 s. In development the AppHost kills a replica 5 s after TERM; this leaves room for a busy machine.
    private static readonly TimeSpan LessThanTheSdkTakes = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Site_sends_everything_before_it_ends_static_assets_as_one_route(string protocol)
    {
        await using var collector = protocol == "grpc" ? await OtlpReceiver.StartGrpcAsync() : await OtlpReceiver.StartHttpAsync();
        await using var site = await SiteProcess.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_SERVICE_NAME", "site"),
            ("STACK_INSTANCE", "site-8001"), ("OTEL_EXPORTER_OTLP_HEADERS", "x-otlp-api-key=key"));
        using var client = site.CreateClient();

        await client.GetStringAsync("/?q=canary", TestContext.Current.CancellationToken);
        await client.GetStringAsync("/css/site.css?v=canary", TestContext.Current.CancellationToken);
        using var absent = await client.GetAsync("/no/such/page?q=canary", TestContext.Current.CancellationToken);
        site.Terminate();
        (await site.ExitAsync()).ShouldBe(0);

        collector.Spans.Select(span => span.Name).ShouldBe(["GET Board/Index/{id?}", "GET {static}", "GET"], ignoreOrder: true);
        collector.Spans.ShouldAllBe(span => span.Resource["service.instance.id"] == "site-8001" && span.Resource["service.name"] == "site");
        collector.Logs.Where(log => log.Category == "Stack.Request").Select(log => log.Attributes["Route"]).ShouldBe(["Board/Index/{id?}", "{static}", "none"]);
        collector.Logs.ShouldContain(log => log.Body == "Application is shutting down...");
        collector.Points.Where(point => point.Metric == "http.server.request.duration").Select(point => point.Attributes.GetValueOrDefault("http.route")).Distinct()
            .ShouldBe(["{controller=Board}/{action=Index}/{id?}", "{static}", null], ignoreOrder: true);
        collector.Contains("canary").ShouldBeFalse();
        collector.ApiKeys.ShouldAllBe(key => key == "key");
        site.Output.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Collector_that_is_not_there_neither_fails_a_request_nor_holds_up_the_end(string protocol)
    {
        await using var site = await SiteProcess.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("STACK_INSTANCE", "site-8001"));
        using var client = site.CreateClient();

        (await client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldContain("site-8001");
        site.Terminate();

        (await site.ExitAsync(LessThanTheSdkTakes)).ShouldBe(0);
    }

    [Fact]
    public async Task Collector_that_never_answers_does_not_hold_up_the_end_either()
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        await using var site = await SiteProcess.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{mute.LocalEndpoint}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        using var client = site.CreateClient();

        (await client.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldContain("This page was made by");
        site.Terminate();

        (await site.ExitAsync(LessThanTheSdkTakes)).ShouldBe(0);
    }
}
