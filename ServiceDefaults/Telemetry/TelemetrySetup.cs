using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Stack.ServiceDefaults.Telemetry;

/// <summary>Puts the OpenTelemetry providers of traces, metrics and logs into the site's own container.</summary>
internal static class TelemetrySetup
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The framework's meters; their instruments need no further package.</summary>
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Diagnostics",
        "System.Net.Http", "System.Net.NameResolution", "System.Runtime",
    ];

    private const string RouteMatches = "aspnetcore.routing.match_attempts";

    /// <summary>Drops the route from the count of matches: probes and each single static asset would be series of their own.</summary>
    private static readonly MetricStreamConfiguration WithoutRoute = new() { TagKeys = ["aspnetcore.routing.match_status", "aspnetcore.routing.is_fallback"] };

    /// <summary>Settings that hold unless the user has set them; the SDK reads them from the site's configuration.</summary>
    public static IReadOnlyDictionary<string, string?> Defaults { get; } = new Dictionary<string, string?>
    {
        // The SDK's minute is too long to see a deploy go wrong.
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
        // p50 and p95 with a few per cent of error, where the framework's fixed buckets are coarse.
        ["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"] = "base2_exponential_bucket_histogram",
        // Without it every batch that the collector refuses is lost.
        ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
    };

    public static void Add(IHostApplicationBuilder builder)
    {
        LogFilters.Add(builder);
        if (!IsOn(builder.Configuration) || builder.Services.Any(service => service.ImplementationType == typeof(TelemetryLifetime)))
        {
            return;
        }

        // Without this a server span of .NET 10 has no tags at all. It is read when the host starts.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Configuration.AddInMemoryCollection(Defaults.Where(setting => string.IsNullOrEmpty(builder.Configuration[setting.Key])));

        // Every record has its own trace and span id: in scopes they would be repeated.
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);

        var application = builder.Environment.ApplicationName;
        new TelemetryBuilder(builder.Services)
            .ConfigureResource(resource => ServiceResource.Complete(resource, builder.Configuration))
            .WithTracing(traces => traces.AddSource("Microsoft.AspNetCore", "System.Net.Http", application))
            .WithMetrics(metrics => metrics.AddMeter([.. Meters, application]).AddView(RouteMatches, WithoutRoute))
            .WithLogging(configureBuilder: null, configureOptions: logs =>
            {
                logs.IncludeFormattedMessage = true;
                logs.IncludeScopes = true;
            })
            .UseOtlpExporter();

        builder.Services.AddHostedService<TelemetryLifetime>();
    }

    private static bool IsOn(IConfiguration configuration)
        => !string.IsNullOrWhiteSpace(configuration[EndpointVariable])
            && !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The SDK's builder on the site's own services, so that <c>ConfigureOpenTelemetryTracerProvider</c> and its kin work in the site.</summary>
    private sealed class TelemetryBuilder(IServiceCollection services) : IOpenTelemetryBuilder
    {
        public IServiceCollection Services => services;
    }
}
