using System.Collections.Frozen;
using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Knows the name of the replica that listens at an address. Replicas come and go: for an address that it does not know it looks again, but not with every line.</summary>
/// <param name="sites">The sites behind Nginx.</param>
/// <param name="addressOf">Where a replica listens.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplicaNames(IEnumerable<IResource> sites, Func<IResource, int, CancellationToken, Task<IPEndPoint>> addressOf, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private FrozenDictionary<string, string> _names = FrozenDictionary<string, string>.Empty;
    private long? _looked;

    /// <summary>The replica's name; the address itself when it is nobody's.</summary>
    public string At(string address)
    {
        if (_names.TryGetValue(address, out var name))
        {
            return name;
        }

        if (_looked is { } before && time.GetElapsedTime(before) < LookAgain)
        {
            return address;
        }

        _looked = time.GetTimestamp();
        Look();
        return _names.GetValueOrDefault(address, address);
    }

    /// <summary>Former names are kept: the log may tell of a replica that is no more.</summary>
    private void Look()
    {
        Dictionary<string, string> names = new(_names);
        foreach (var site in sites)
        {
            foreach (var (index, name) in site.GetResolvedResourceNames().Index())
            {
                // Addresses are known from the plan on, without waiting.
                if (addressOf(site, index, CancellationToken.None) is { IsCompletedSuccessfully: true } address)
                {
                    names[address.Result.ToString()] = name;
                }
            }
        }

        _names = names.ToFrozenDictionary();
    }
}
