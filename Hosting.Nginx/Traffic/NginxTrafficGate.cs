using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>
/// Keeps requests from replicas that are restarted and lets them in again. One replica of a site is kept out by a flag, which needs no reload; where that is one too few, those before it are marked in the configuration.
/// </summary>
/// <param name="state">The replicas as the configuration has them.</param>
/// <param name="addressOf">Where a replica listens.</param>
/// <param name="reloads">Bring a changed configuration into effect.</param>
/// <param name="steering">The running Nginx and its flags.</param>
/// <param name="inFlight">Waits for requests that a replica has.</param>
/// <param name="warmUp">Comes before the first requests of clients.</param>
/// <param name="files">What Nginx sends in place of the sites.</param>
internal sealed class NginxTrafficGate(
    GatewayState state, Func<IResource, int, CancellationToken, Task<IPEndPoint>> addressOf, Reloads reloads, Steering steering, RequestsInFlight inFlight, WarmUp warmUp,
    SiteFiles files) : ITrafficGate
{
    public async Task<bool> DrainAsync(TrafficReplica replica, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (site, address) = (replica.Resource.Name, await AddressAsync(replica, cancellationToken).ConfigureAwait(false));
        var upstream = state.Upstream(site);
        if (!upstream.Down.Contains(address) && upstream.Servers.Contains(address) && upstream.Servers.Count > 1)
        {
            await MakeRoomAsync(site, address, cancellationToken).ConfigureAwait(false);
            await steering.DrainAsync(site, address.Port, cancellationToken).ConfigureAwait(false);
        }

        return limit == TimeSpan.Zero || await inFlight.EndedAsync(replica.Name, address, limit, cancellationToken).ConfigureAwait(false);
    }

    public async Task AdmitAsync(TrafficReplica replica, CancellationToken cancellationToken)
    {
        var (site, address) = (replica.Resource.Name, await AddressAsync(replica, cancellationToken).ConfigureAwait(false));
        await warmUp.RunAsync(replica.Name, address, PathsOf(replica.Resource), cancellationToken).ConfigureAwait(false);
        if (state.Upstream(site).Down.Contains(address))
        {
            await ApplyAsync(site, upstream => upstream with { Down = Without(upstream.Down, address) }, cancellationToken).ConfigureAwait(false);
        }

        if (steering.Drained(site) == address.Port)
        {
            await steering.AdmitAsync(site, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task SetMembersAsync(IResource resource, IReadOnlyList<TrafficReplica> replicas, CancellationToken cancellationToken)
    {
        var addresses = await Task.WhenAll(replicas.Select(replica => AddressAsync(replica, cancellationToken))).ConfigureAwait(false);
        var before = state.Upstream(resource.Name).Servers;
        var added = replicas.Zip(addresses).Where(replica => !before.Contains(replica.Second));
        await Task.WhenAll(added.Select(replica => warmUp.RunAsync(replica.First.Name, replica.Second, PathsOf(resource), cancellationToken))).ConfigureAwait(false);

        await ApplyAsync(resource.Name, upstream => upstream with { Servers = addresses, Down = upstream.Down.Intersect(addresses).ToHashSet() }, cancellationToken).ConfigureAwait(false);
        if (steering.Drained(resource.Name) is { } drained && addresses.All(address => address.Port != drained))
        {
            steering.Forget(resource.Name);
        }
    }

    /// <summary>Before a replica of a release serves Nginx sends the release's files, and still those of the one before.</summary>
    public async Task SetReleasesAsync(IResource resource, IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        if (files.Of(resource.Name, folders) is not { } assets)
        {
            return;
        }

        var before = state.Change(resource.Name, assets);
        try
        {
            await reloads.ApplyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            state.Change(resource.Name, before);
            throw;
        }
    }

    /// <summary>A site has one flag: a replica that has it now is marked in the configuration in its place.</summary>
    private async Task MakeRoomAsync(string site, IPEndPoint next, CancellationToken cancellationToken)
    {
        if (steering.Drained(site) is { } port && port != next.Port && state.Upstream(site).Servers.FirstOrDefault(server => server.Port == port) is { } marked)
        {
            await ApplyAsync(site, upstream => upstream with { Down = new HashSet<IPEndPoint>(upstream.Down) { marked } }, cancellationToken).ConfigureAwait(false);
            await steering.AdmitAsync(site, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ApplyAsync(string site, Func<UpstreamPlan, UpstreamPlan> change, CancellationToken cancellationToken)
    {
        var before = state.Change(site, change);
        try
        {
            await reloads.ApplyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The engine asks one thing after the other of a site, so this is nobody else's change.
            state.Change(site, _ => before);
            throw;
        }
    }

    private static HashSet<IPEndPoint> Without(IReadOnlySet<IPEndPoint> down, IPEndPoint replica) => [.. down.Where(other => !other.Equals(replica))];

    private static IReadOnlyList<string> PathsOf(IResource site) => site.TryGetLastAnnotation<WarmUpAnnotation>(out var annotation) ? annotation.Paths : ["/"];

    private Task<IPEndPoint> AddressAsync(TrafficReplica replica, CancellationToken cancellationToken) => addressOf(replica.Resource, replica.Index, cancellationToken);
}
