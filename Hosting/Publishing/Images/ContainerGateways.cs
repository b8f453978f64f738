using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Images;

/// <summary>The configuration of a gateway that has a container for itself.</summary>
internal static class ContainerGateways
{
    // As often as Nginx tries for a request.
    private const int Tries = 3;

    /// <param name="plan">What is to run.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="hostOf">The host of a replica. Several may have one, behind which each new connection leads to one of them: it is named more than once, so that what is refused there is tried again.</param>
    /// <param name="flagFolder">Where it looks for flags; null: nobody sets any.</param>
    public static IReadOnlyDictionary<string, string> Files(PublishPlan plan, PublishedGateway gateway, Func<PublishedProgram, PublishedReplica, string> hostOf, string? flagFolder)
    {
        gateway.Resource.TryGetLastAnnotation<GatewayFilesAnnotation>(out var files);
        var servers = gateway.Sites.Select(site => plan.Programs.First(p => p.Name == site)).ToDictionary(
            site => site.Name,
            site => (IReadOnlyList<DnsEndPoint>)[.. site.Replicas.Select(r => new DnsEndPoint(hostOf(site, r), r.Port!.Value)).GroupBy(e => e).SelectMany(e => e.Take(Tries))],
            StringComparer.Ordinal);
        return files!.Write(new GatewayFilesContext { IsContainer = true, Port = PublishNetworks.ContainerPort, IsExternal = gateway.IsExternal, Servers = servers, FlagFolder = flagFolder });
    }

    /// <returns>In full sentences, each with its remedy.</returns>
    public static IEnumerable<string> FaultsOf(PublishedGateway gateway)
    {
        if (!gateway.Resource.HasAnnotationOfType<GatewayFilesAnnotation>())
        {
            yield return $"The gateway '{gateway.Name}' does not say which files it needs where it is published to (GatewayFilesAnnotation). Use AddNginx, or leave it out with ExcludeFromManifest.";
        }

        if (gateway.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.HasScheme("https")))
        {
            yield return $"The gateway '{gateway.Name}' speaks TLS, for which its container has no certificate. Leave WithTls out in publish mode, and let what stands in front of it speak TLS.";
        }
    }
}
