using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>The OpenTelemetry SDK's own exporters against the real listeners.</summary>
public sealed class ExporterTests
{
    private static readonly ResourceBuilder Sender = ResourceBuilder.CreateEmpty()
        .AddAttributes([new("service.name", "site"), new("service.instance.id", "site-8003")]);

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc, OtlpExportCompression.None)]
    [InlineData(OtlpExportProtocol.Grpc, OtlpExportCompression.GZip)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, OtlpExportCompression.None)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, OtlpExportCompression.GZip)]
    public async Task Logs_spans_and_metrics_of_the_sdk_are_stored(OtlpExportProtocol protocol, OtlpExportCompression compression)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        SendAll(dashboard, protocol, compression, RunningDashboard.OtlpKey);

        var row = (await dashboard.WaitForAsync(1)).Rows.Single();
        row.Body.ShouldBe("Order 17 is sent");
        row.Template.ShouldBe("Order {Id} is sent");
        row.DisplayName.ShouldBe("site-8003");
        row.Severity.ShouldBe(13);
        row.AttributesJson.ShouldContain("\"Id\":17");
        row.TraceId.ShouldNotBeNull();
        await WaitForAllSignalsAsync(dashboard);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task A_wrong_key_stores_nothing_and_is_counted(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        SendAll(dashboard, protocol, OtlpExportCompression.None, "wrong");

        dashboard.Get<IngestCounters>().RefusedRecently.ShouldBe(3);
        dashboard.Get<IngestCounters>().Snapshot().ShouldAllBe(count => count.Received == 0 && count.Refused == 1);
        (await dashboard.WaitForAsync(0)).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task The_secondary_key_opens_too()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        SendAll(dashboard, OtlpExportProtocol.Grpc, OtlpExportCompression.None, RunningDashboard.OtlpKey + "-2");

        (await dashboard.WaitForAsync(1)).TotalCount.ShouldBe(1);
    }

    private static void SendAll(RunningDashboard dashboard, OtlpExportProtocol protocol, OtlpExportCompression compression, string key)
    {
        void Configure(OtlpExporterOptions options, string path)
        {
            options.Protocol = protocol;
            options.Compression = compression;
            options.Endpoint = protocol == OtlpExportProtocol.Grpc ? dashboard.Grpc : new Uri(dashboard.OtlpHttp, path);
            options.Headers = "x-otlp-api-key=" + key;
            options.TimeoutMilliseconds = 20_000;
        }

        var name = "exporter-test-" + Guid.NewGuid();
        using var source = new ActivitySource(name);
        using var meter = new Meter(name);
        using var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Sender).AddSource(name).AddOtlpExporter(o => Configure(o, "v1/traces")).Build();
        using var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Sender).AddMeter(name).AddOtlpExporter(o => Configure(o, "v1/metrics")).Build();
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(o =>
        {
            o.IncludeFormattedMessage = true;
            o.ParseStateValues = true;
            o.SetResourceBuilder(Sender);
            o.AddOtlpExporter(e => Configure(e, "v1/logs"));
        })))
        {
            using var activity = source.StartActivity("send", ActivityKind.Server);
            meter.CreateCounter<long>("orders").Add(1);
            meter.CreateHistogram<double>("duration").Record(0.25);
            loggers.CreateLogger("WebSite.Orders").LogWarning("Order {Id} is sent", 17);
        }

        // Disposing the providers sends what they have, once.
    }

    private static async Task WaitForAllSignalsAsync(RunningDashboard dashboard)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (dashboard.Queries.Resources() is not [{ HasLogs: true, HasTraces: true, HasMetrics: true, DisplayName: "site-8003" }])
        {
            await Task.Delay(20, late.Token);
        }

        dashboard.Get<IngestCounters>().Snapshot().Select(c => (c.Instance, c.Signal, c.Received)).ShouldBe(
            [("site-8003", Signal.Logs, 1), ("site-8003", Signal.Traces, 1), ("site-8003", Signal.Metrics, 2)]);
    }
}
