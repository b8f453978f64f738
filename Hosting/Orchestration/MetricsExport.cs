using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Stack.Hosting.Allocation;

namespace Stack.Hosting.Orchestration;

/// <summary>Sends metrics that the AppHost makes to the stack's dashboard. A dashboard that does not answer, because it is being restarted, is no event: the next batch has the newer values.</summary>
internal static class MetricsExport
{
    private const int TimeoutMilliseconds = 2000;

    /// <summary>Begins to send; ends with the disposal of what is returned.</summary>
    /// <param name="configuration">Knows where the dashboard is.</param>
    /// <param name="meter">Name of the meter whose metrics are sent.</param>
    /// <param name="service">Under this name, and that of the instance, the dashboard shows who sends them.</param>
    /// <param name="instance">Name of the instance.</param>
    /// <param name="interval">Time between two batches.</param>
    public static IDisposable Start(IConfiguration configuration, string meter, string service, string instance, TimeSpan interval)
    {
        var (url, protocol) = DashboardAddresses.Otlp(configuration, null);
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter)
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(service, serviceInstanceId: instance))
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri(protocol == "grpc" ? url : $"{url.TrimEnd('/')}/v1/metrics");
                exporter.Headers = configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key ? $"x-otlp-api-key={key}" : "";
                exporter.TimeoutMilliseconds = TimeoutMilliseconds;
                reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;   // else the SDK repeats the last value of a state, or a replica, that is no more
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)interval.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = TimeoutMilliseconds;
            })
            .Build();
    }
}
