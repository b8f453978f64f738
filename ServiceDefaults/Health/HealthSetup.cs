using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Stack.ServiceDefaults.Health;

/// <summary>Registers the default checks and maps the two endpoints.</summary>
internal static class HealthSetup
{
    public const string LiveTag = "live";

    public static void AddChecks(IServiceCollection services)
        => services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag])
            .AddCheck<StoppingCheck>("stopping");

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, HealthPaths.Ready, new HealthCheckOptions());
        Map(endpoints, HealthPaths.Alive, new HealthCheckOptions
        {
            // No database among these, or one outage would restart every replica.
            Predicate = check => check.Tags.Contains(LiveTag),
            ResponseWriter = AliveReport.WriteAsync,
        });
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, HealthCheckOptions options)
        => endpoints.MapHealthChecks(path, options).AllowAnonymous().DisableHttpMetrics();
}
