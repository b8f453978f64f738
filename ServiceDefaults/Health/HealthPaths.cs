using Microsoft.AspNetCore.Http;

namespace Stack.ServiceDefaults.Health;

/// <summary>Where the supervisor of a replica asks, and what is left out of spans, metrics and the request summary.</summary>
internal static class HealthPaths
{
    public const string Ready = "/health";
    public const string Alive = "/alive";

    public static bool Contains(PathString path) => path.Equals(Ready, StringComparison.OrdinalIgnoreCase) || path.Equals(Alive, StringComparison.OrdinalIgnoreCase);
}
