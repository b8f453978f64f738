using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>
/// Follows the replicas behind Nginx: a change of their number is a new version of the configuration and one reload. Of a replica that is restarted Nginx is not told: it gives a refused request to another one.
/// </summary>
/// <param name="name">Name of Nginx's resource.</param>
/// <param name="configure">Makes these replicas the upstream in the current configuration, checked by nginx; tells how to go back to the one before.</param>
/// <param name="master">The running Nginx.</param>
/// <param name="logger">Its log.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle, which alone needs an end, is never asked for.")]
internal sealed partial class NginxTrafficGate(
    string name, Func<IReadOnlyList<TrafficReplica>, CancellationToken, Task<Action>> configure, NginxMaster master, ILogger<NginxTrafficGate> logger) : ITrafficGate
{
    private readonly SemaphoreSlim _one = new(1);
    private IReadOnlyList<TrafficReplica> _asked = [];
    private long _lastAsked;
    private long _lastDone;

    public Task<bool> DrainAsync(TrafficReplica replica, TimeSpan limit, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task AdmitAsync(TrafficReplica replica, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Those who ask while a reload goes on share the next one.</summary>
    public async Task SetMembersAsync(IResource resource, IReadOnlyList<TrafficReplica> replicas, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _asked, replicas);
        var number = Interlocked.Increment(ref _lastAsked);
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_lastDone < number)
            {
                var done = Interlocked.Read(ref _lastAsked);
                await ApplyAsync(Volatile.Read(ref _asked), cancellationToken).ConfigureAwait(false);
                _lastDone = done;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ApplyAsync(IReadOnlyList<TrafficReplica> replicas, CancellationToken cancellationToken)
    {
        var goBack = await configure(replicas, cancellationToken).ConfigureAwait(false);
        try
        {
            await master.ReloadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            goBack();
            throw;
        }

        LogMembers(name, replicas.Count);
    }

    [LoggerMessage(6010, LogLevel.Information, "Nginx '{Name}' sends requests to {Count} replicas now.")]
    private partial void LogMembers(string name, int count);
}
