using System.Collections.Concurrent;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Lets so many different routes of a service through; a service that puts ids into its routes has the rest of them under "other".</summary>
internal sealed class RouteCap
{
    public const int MaxRoutes = 200;
    private const int MaxServices = 1000;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> _services = new();

    /// <summary>The route to keep; the same text is the same object, since rows in memory share it.</summary>
    public string? Take(string service, string? route, AttributeWriter writer)
    {
        if (route is null)
        {
            return null;
        }

        var routes = _services.TryGetValue(service, out var known) ? known
            : _services.GetOrAdd(_services.Count < MaxServices ? service : ResourceInfo.Other.Service, static _ => new ConcurrentDictionary<string, string>());
        if (routes.TryGetValue(route, out var shared))
        {
            return shared;
        }

        if (routes.Count < MaxRoutes)
        {
            return routes.GetOrAdd(route, route);
        }

        writer.AddCut();
        return ResourceInfo.Other.Service;
    }
}
