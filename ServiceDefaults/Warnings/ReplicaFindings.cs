using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.ResponseCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Session;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults.Keys;

namespace Stack.ServiceDefaults.Warnings;

/// <summary>What works with one replica and does not with several, because each keeps it to itself.</summary>
internal sealed class ReplicaFindings(IServiceProvider services, IServiceCollection registered, int replicas, bool sticky)
{
    public IEnumerable<Finding?> All() => [Session(), Hubs(), Keys(), RateLimiter(), OutputCache(), ResponseCache(), HostedServices()];

    private Finding? Session()
        => !sticky && Has<ISessionStore>() && services.GetService<IDistributedCache>() is MemoryDistributedCache
            ? new(nameof(Session), $"Sessions (AddSession) are kept in memory (AddDistributedMemoryCache), by each of the {replicas} replicas for itself: log-ins and carts vanish on another one. "
                + "Add a distributed cache that all share, or keep each client on one replica by WithStickySessions of the gateway.")
            : null;

    private Finding? Hubs()
    {
        List<string> hubs = [.. Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<HubMetadata>()?.HubType.Name).OfType<string>().Distinct(StringComparer.Ordinal)];
        return !sticky && hubs.Count > 0
            ? new(nameof(Hubs), $"Connections of {string.Join(", ", hubs)} have to stay on one replica, but negotiating and connecting may reach two of the {replicas}. "
                + "Keep each client on one by WithStickySessions of the gateway; what a hub sends to all clients needs a backplane as well.")
            : null;
    }

    private Finding? Keys()
        => Has<IDataProtectionProvider>() && services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository is null
            ? new(nameof(Keys), $"The {replicas} replicas have no key ring in common: cookies and antiforgery tokens that one has made fail on the others. "
                + $"Set {KeyRing.Variable} to a folder that all of them can write to.")
            : null;

    private Finding? RateLimiter()
        => Has<IConfigureOptions<RateLimiterOptions>>()
            ? new(nameof(RateLimiter), $"The rate limiter (AddRateLimiter) counts in each of the {replicas} replicas for itself: together they let {replicas} times its limit through. "
                + "Limit each client at the gateway: WithLimits(perClientRate: …).")
            : null;

    private Finding? OutputCache()
        => services.GetService<IOutputCacheStore>()?.GetType().Assembly == typeof(IOutputCacheStore).Assembly
            ? new(nameof(OutputCache), $"The output cache (AddOutputCache) is kept by each of the {replicas} replicas for itself: it is filled {replicas} times, and what is evicted from one stays in the others. "
                + "Register an IOutputCacheStore that all share.")
            : null;

    private Finding? ResponseCache()
        => Has<IConfigureOptions<ResponseCachingOptions>>()
            ? new(nameof(ResponseCache), $"The response cache (AddResponseCaching) is kept by each of the {replicas} replicas for itself: it is filled {replicas} times, and clients see answers of different age. "
                + "Use an output cache with a store that all share.")
            : null;

    private Finding? HostedServices()
    {
        var application = services.GetRequiredService<IHostEnvironment>().ApplicationName;
        List<string> own = [.. registered.Where(service => service.ServiceType == typeof(IHostedService) && !service.IsKeyedService).Select(TypeOf)
            .Where(type => type.Assembly.GetName().Name == application).Select(type => type.Name).Distinct(StringComparer.Ordinal)];
        return own.Count > 0
            ? new(nameof(HostedServices), $"{string.Join(", ", own)} ({(own.Count == 1 ? "a hosted service" : "hosted services")}) will run {replicas} times, once in each replica. "
                + "What must be done once belongs where STACK_INDEX is 0 (InstanceIdentity.Index), or in a project of its own that runs before the site.")
            : null;
    }

    private bool Has<T>() => registered.Any(service => service.ServiceType == typeof(T));

    private IEnumerable<Microsoft.AspNetCore.Http.Endpoint> Endpoints() => services.GetService<EndpointDataSource>()?.Endpoints ?? [];

    private static Type TypeOf(ServiceDescriptor service)
        => service.ImplementationType ?? service.ImplementationInstance?.GetType() ?? service.ImplementationFactory!.GetType().GenericTypeArguments[1];
}
