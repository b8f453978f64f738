using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Allocation;

namespace Aspire.Hosting;

/// <summary>Lets resources send their telemetry to the dashboard.</summary>
public static class OtlpConfigurationExtensions
{
    /// <summary>Hands the resource the address and the key of the dashboard's OTLP listener. Projects have it without this call.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
        => builder.WithEnvironment(context =>
        {
            if (!context.ExecutionContext.IsRunMode)
            {
                return;
            }

            var environment = context.EnvironmentVariables;
            var (endpoint, protocol) = DashboardAddresses.Otlp(builder.ApplicationBuilder.Configuration);
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
            environment["OTEL_SERVICE_NAME"] = context.Resource.Name;
            environment["OTEL_RESOURCE_ATTRIBUTES"] = new ReplicaValue(replica => $"service.instance.id={replica.Name}");
            if (builder.ApplicationBuilder.Configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
            {
                environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
            }

            if (builder.ApplicationBuilder.Environment.IsDevelopment())
            {
                environment["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
                environment["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
                environment["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
                environment["OTEL_TRACES_SAMPLER"] = "always_on";
                environment["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            }
        });
}
