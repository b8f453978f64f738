using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.ServiceDefaults.Gateway;
using Stack.ServiceDefaults.Requests;

namespace Stack.ServiceDefaults.Health;

/// <summary>
/// What <c>/alive</c> tells: one word, or, to a caller on the same machine that asks for JSON, how busy the replica is.
/// Whoever drains it before a stop waits for <see cref="InFlight"/> to be 0.
/// </summary>
internal sealed record AliveReport(string Instance, int InFlight, int LongLived, DateTimeOffset StartedAt, string Version)
{
    public static Task WriteAsync(HttpContext context, HealthReport health)
        => IsAskedFor(context) ? WriteJsonAsync(context) : WriteWordAsync(context.Response, health.Status);

    /// <summary>A caller on the same machine, through no proxy, that asks <c>/alive</c> for JSON.</summary>
    public static bool IsAskedFor(HttpContext context)
        => context.Request.Path.Equals(HealthPaths.Alive, StringComparison.OrdinalIgnoreCase)
            && WantsJson(context.Request) && context.Features.Get<DirectCaller>() is not null;

    public static Task WriteJsonAsync(HttpContext context)
        => context.Response.WriteAsJsonAsync(Of(context.RequestServices), context.RequestAborted);

    private static AliveReport Of(IServiceProvider services)
    {
        var identity = services.GetRequiredService<InstanceIdentity>();
        var requests = services.GetRequiredService<RequestsInFlight>();
        return new(identity.Name, requests.InFlight, requests.LongLived, identity.StartedAt, identity.Version);
    }

    private static Task WriteWordAsync(HttpResponse response, HealthStatus status)
    {
        response.ContentType = "text/plain";
        return response.WriteAsync(status.ToString());
    }

    private static bool WantsJson(HttpRequest request)
        => request.Headers.Accept.Any(value => value?.Contains("application/json", StringComparison.OrdinalIgnoreCase) == true);
}
