using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Stack.Hosting.Allocation;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>Sends the AppHost's own metrics to the stack's dashboard. A dashboard that does not answer, because it is being restarted, is no event: the next batch has the newer values.</summary>
internal static class MetricsExport
{
    /// <summary>Under this name the dashboard shows who sends them.</summary>
    public const string ServiceName = "apphost";

    private const int TimeoutMilliseconds = 2000;

    /// <summary>Begins to send; ends with the disposal of what is returned.</summary>
    public static IDisposable Start(IConfiguration configuration, bool development)
    {
        var (url, protocol) = DashboardAddresses.Otlp(configuration, null);
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(ReplicaMeter.Name)
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(ServiceName, serviceInstanceId: ServiceName))
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri(protocol == "grpc" ? url : $"{url.TrimEnd('/')}/v1/metrics");
                exporter.Headers = configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key ? $"x-otlp-api-key={key}" : "";
                exporter.TimeoutMilliseconds = TimeoutMilliseconds;
                reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;   // else the SDK repeats the last value of a state, or a replica, that is no more
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)(development ? ProcessSampler.Interval : 5 * ProcessSampler.Interval).TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = TimeoutMilliseconds;
            })
            .Build();
    }
}
