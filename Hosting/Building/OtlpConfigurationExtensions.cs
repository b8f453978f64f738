using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Allocation;

namespace Aspire.Hosting;

/// <summary>Lets resources send their telemetry to the dashboard.</summary>
public static class OtlpConfigurationExtensions
{
    /// <summary>The variable that tells senders where to send.</summary>
    public static readonly string OtlpEndpointEnvironmentVariableName = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Hands the resource the address and the key of the dashboard's OTLP listener, in run mode. Projects have it without this call.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <example><code>builder.AddExecutable("worker", "node", "../worker", "main.js").WithOtlpExporter();</code></example>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddOtlpEnvironment(builder.Resource, builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment);
        return builder;
    }

    /// <summary>Hands the resource the address and the key of the dashboard's OTLP listener for a protocol, in run mode.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="protocol">The protocol that the resource sends by.</param>
    /// <exception cref="InvalidOperationException">When the resource starts: HTTP is needed, and the address for it is not configured.</exception>
    /// <example><code>builder.AddExecutable("web", "npm", "../web", "start").WithOtlpExporter(OtlpProtocol.HttpProtobuf);</code></example>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol protocol)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddOtlpEnvironment(builder.Resource, builder.ApplicationBuilder.Configuration, builder.ApplicationBuilder.Environment, protocol);
        return builder;
    }

    /// <summary>As <see cref="WithOtlpExporter{T}(IResourceBuilder{T})"/>, for a resource without its builder.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="configuration">The AppHost's configuration: addresses and key.</param>
    /// <param name="environment">The AppHost's environment: in Development telemetry is sent at once.</param>
    public static void AddOtlpEnvironment(IResource resource, IConfiguration configuration, IHostEnvironment environment)
        => Add(resource, configuration, environment, new OtlpExporterAnnotation());

    /// <summary>As <see cref="WithOtlpExporter{T}(IResourceBuilder{T}, OtlpProtocol)"/>, for a resource without its builder.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="configuration">The AppHost's configuration: addresses and key.</param>
    /// <param name="environment">The AppHost's environment: in Development telemetry is sent at once.</param>
    /// <param name="protocol">The protocol that the resource sends by.</param>
    public static void AddOtlpEnvironment(IResource resource, IConfiguration configuration, IHostEnvironment environment, OtlpProtocol protocol)
        => Add(resource, configuration, environment, new OtlpExporterAnnotation { RequiredProtocol = protocol });

    private static void Add(IResource resource, IConfiguration configuration, IHostEnvironment environment, OtlpExporterAnnotation exporter)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(environment);

        // A later call changes the protocol; the variables are set in one place.
        var isFirst = !resource.HasAnnotationOfType<OtlpExporterAnnotation>();
        resource.Annotations.Add(exporter);
        if (isFirst)
        {
            resource.Annotations.Add(new EnvironmentCallbackAnnotation((EnvironmentCallbackContext context) => Set(context, resource, configuration, environment)));
        }
    }

    private static void Set(EnvironmentCallbackContext context, IResource resource, IConfiguration configuration, IHostEnvironment environment)
    {
        if (!context.ExecutionContext.IsRunMode)
        {
            return;
        }

        var required = resource.TryGetLastAnnotation<OtlpExporterAnnotation>(out var exporter) ? exporter.RequiredProtocol : null;
        var (url, protocol) = DashboardAddresses.Otlp(configuration, required);
        var variables = context.EnvironmentVariables;
        variables[OtlpEndpointEnvironmentVariableName] = new HostUrl(url);
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = new ReplicaValue(replica => $"service.instance.id={replica.Name}") { WithoutReplica = $"service.instance.id={resource.Name}" };
        if (configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = new SensitiveText($"x-otlp-api-key={key}");
        }

        if (environment.IsDevelopment())
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }
    }
}
