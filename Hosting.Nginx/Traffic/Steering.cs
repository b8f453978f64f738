using System.Collections.Concurrent;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>Keeps one replica of each site out of traffic by its flag, and has Nginx confirm that.</summary>
internal sealed class Steering(FlagFolder flags, AdminSocket admin, IMaster master)
{
    private readonly ConcurrentDictionary<string, int> _drained = new(StringComparer.Ordinal);

    /// <summary>Port of the replica of a site that is kept out; null: none is.</summary>
    public int? Drained(string site) => _drained.TryGetValue(site, out var port) ? port : null;

    /// <exception cref="Aspire.Hosting.DistributedApplicationException">Nginx does not see the flag; it is taken back.</exception>
    public async Task DrainAsync(string site, int port, CancellationToken cancellationToken)
    {
        flags.Drain(site, port);
        _drained[site] = port;
        try
        {
            await ConfirmAsync(site, NginxNames.PoolWithout(site, port), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Forget(site);
            throw;
        }
    }

    /// <exception cref="Aspire.Hosting.DistributedApplicationException">Nginx still sees the flag.</exception>
    public Task AdmitAsync(string site, CancellationToken cancellationToken)
    {
        Forget(site);
        return ConfirmAsync(site, NginxNames.Pool(site), cancellationToken);
    }

    /// <summary>Clears the flag.</summary>
    public void Forget(string site)
    {
        if (_drained.TryRemove(site, out var port))
        {
            flags.Admit(site, port);
        }
    }

    // An Nginx that does not run sends no requests, and sees the flags when it does.
    private Task ConfirmAsync(string site, string pool, CancellationToken cancellationToken)
        => master.IsRunning ? admin.PoolBecomesAsync(site, pool, cancellationToken) : Task.CompletedTask;
}
