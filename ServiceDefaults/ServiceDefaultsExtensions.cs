using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stack.ServiceDefaults;
using Stack.ServiceDefaults.Gateway;
using Stack.ServiceDefaults.Health;
using Stack.ServiceDefaults.Http;
using Stack.ServiceDefaults.Keys;
using Stack.ServiceDefaults.Lifetime;
using Stack.ServiceDefaults.Requests;
using Stack.ServiceDefaults.Telemetry;
using Stack.ServiceDefaults.Warnings;

namespace Microsoft.Extensions.Hosting;

/// <summary>What a site calls to be one of N replicas: two lines in its <c>Program.cs</c>.</summary>
/// <example>
/// <code>
/// var builder = WebApplication.CreateBuilder(args);
/// builder.AddServiceDefaults();
/// var app = builder.Build();
/// app.MapDefaultEndpoints();
/// app.Run();
/// </code>
/// </example>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds telemetry, health checks, forwarded headers of the gateway, the shared key ring, Kestrel limits from configuration,
    /// service discovery and resilience for HTTP clients, and the lifeline. All of it follows variables that an AppHost or a publisher sets; without them the site stays a plain one.
    /// </summary>
    /// <param name="builder">The builder of the site.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">A variable has a value that can't be used; the message names both.</exception>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(RequestsInFlight)))
        {
            return builder;
        }

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RequestsInFlight>();
        builder.AddInstanceIdentity();
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddRequestPipeline();
        builder.AddKestrelSettings();
        builder.AddSharedKeyRing();
        builder.AddHttpClientDefaults();
        builder.AddLifeline();
        builder.AddServiceManagerNews();
        builder.AddStartWarnings();

        // In Development the framework has done it; otherwise a site run from its build output would answer static files with empty bodies.
        if (builder.Environment is IWebHostEnvironment web && !web.IsDevelopment())
        {
            StaticWebAssetsLoader.UseStaticWebAssets(web, builder.Configuration);
        }

        return builder;
    }

    /// <summary>Sends traces, metrics and logs over OTLP as the <c>OTEL_*</c> variables say; off when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is empty.</summary>
    /// <param name="builder">The builder of the site.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddInstanceIdentity();
        TelemetrySetup.Add(builder);
        return builder;
    }

    /// <summary>Adds the check <c>self</c> (tag <c>live</c>) and the check that turns <c>/health</c> unhealthy as soon as the host stops.</summary>
    /// <param name="builder">The builder of the site.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        HealthSetup.AddChecks(builder.Services);
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (readiness: every check) and <c>/alive</c> (liveness: checks with the tag <c>live</c>) in every environment,
    /// because the supervisor of the replica asks them. The gateway keeps both from the outside.
    /// </summary>
    /// <param name="app">The site.</param>
    /// <returns>The same site.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        HealthSetup.MapEndpoints((IEndpointRouteBuilder)app);
        return app;
    }

    private static void AddInstanceIdentity(this IHostApplicationBuilder builder)
        => builder.Services.TryAddSingleton(_ => InstanceIdentity.From(builder.Configuration, builder.Environment));
}
