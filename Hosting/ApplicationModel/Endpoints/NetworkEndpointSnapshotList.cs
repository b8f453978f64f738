using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The addresses of one endpoint, one for each network. Safe for use from several threads.</summary>
public class NetworkEndpointSnapshotList : IEnumerable<NetworkEndpointSnapshot>
{
    private readonly Lock _lock = new();
    private NetworkEndpointSnapshot[] _snapshots = [];

    /// <summary>Adds a network's address, which need not be known yet.</summary>
    /// <param name="networkID">The network.</param>
    /// <param name="snapshot">The address.</param>
    /// <returns>False: the network has an entry already, which stays.</returns>
    public bool TryAdd(NetworkIdentifier networkID, ValueSnapshot<AllocatedEndpoint> snapshot)
    {
        ArgumentNullException.ThrowIfNull(networkID);
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_lock)
        {
            if (Find(networkID) is not null)
            {
                return false;
            }

            _snapshots = [.. _snapshots, new NetworkEndpointSnapshot(snapshot, networkID)];
            return true;
        }
    }

    /// <summary>Sets the address on a network; those who wait for it go on.</summary>
    /// <param name="networkID">The network.</param>
    /// <param name="endpoint">The address.</param>
    public void AddOrUpdateAllocatedEndpoint(NetworkIdentifier networkID, AllocatedEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Snapshot(networkID).SetValue(endpoint);
    }

    /// <summary>The address on a network, if it is known.</summary>
    /// <param name="networkID">The network.</param>
    /// <param name="endpoint">The address.</param>
    public bool TryGetAllocatedEndpoint(NetworkIdentifier networkID, [NotNullWhen(true)] out AllocatedEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(networkID);
        endpoint = Find(networkID)?.Snapshot.Value;
        return endpoint is not null;
    }

    /// <summary>The address on a network; waits until it is known.</summary>
    /// <param name="networkID">The network.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<AllocatedEndpoint> GetAllocatedEndpointAsync(NetworkIdentifier networkID, CancellationToken cancellationToken = default)
        => Snapshot(networkID).GetValueAsync(cancellationToken);

    /// <inheritdoc/>
    public IEnumerator<NetworkEndpointSnapshot> GetEnumerator() => ((IEnumerable<NetworkEndpointSnapshot>)_snapshots).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ValueSnapshot<AllocatedEndpoint> Snapshot(NetworkIdentifier network)
    {
        ArgumentNullException.ThrowIfNull(network);
        lock (_lock)
        {
            if (Find(network) is { } existing)
            {
                return existing.Snapshot;
            }

            var added = new NetworkEndpointSnapshot(new ValueSnapshot<AllocatedEndpoint>(), network);
            _snapshots = [.. _snapshots, added];
            return added.Snapshot;
        }
    }

    private NetworkEndpointSnapshot? Find(NetworkIdentifier network) => Array.Find(_snapshots, s => s.NetworkID == network);
}
