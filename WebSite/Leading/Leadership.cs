using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults;
using WebSite.Data;

namespace WebSite.Leading;

/// <summary>Keeps one of all replicas leading, and has the leader clean up. A leader that dies is followed when its lease runs out, one that stops at once.</summary>
public sealed partial class Leadership(
    LeaseStore leases, CleanUp cleanUp, InstanceIdentity identity, IOptions<BoardOptions> options, TimeProvider time, ILogger<Leadership> logger) : BackgroundService
{
    public const string Job = "clean-up";

    private long? _version;
    private long? _lastCleanUp;
    private bool _isFailing;

    /// <summary>Who leads, as this replica saw it last; null: nobody does at present.</summary>
    public string? Leader { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.LeaseFor / 3, time);
        try
        {
            do
            {
                await TurnAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await GiveBackAsync();
        }
    }

    /// <summary>One look at the lease: extend it, take it, or see who has it.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ElectAsync(cancellationToken);
            if (_version is { } version && (_lastCleanUp is not { } last || time.GetElapsedTime(last) >= options.Value.CleanUpEvery))
            {
                _lastCleanUp = time.GetTimestamp();
                await cleanUp.RunAsync(version, cancellationToken);
            }

            _isFailing = false;
        }
        catch (Exception e) when (e is DbException or DbUpdateException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                LogFailing(e);
            }

            (_isFailing, Leader) = (true, null);
        }
    }

    /// <summary>Lets another replica follow at its next look.</summary>
    public async Task GiveBackAsync()
    {
        if (_version is { } version)
        {
            _version = null;
            try
            {
                await leases.ExtendAsync(Job, version, -options.Value.LeaseFor, CancellationToken.None);
            }
            catch (Exception e) when (e is DbException or InvalidOperationException)
            {
                LogFailing(e);
            }
        }
    }

    private async Task ElectAsync(CancellationToken cancellationToken)
    {
        if (_version is { } mine && await leases.ExtendAsync(Job, mine, options.Value.LeaseFor, cancellationToken))
        {
            Leader = identity.Name;
            return;
        }

        _version = null;
        var seen = await leases.ReadAsync(Job, cancellationToken);
        if (seen.ExpiresAt > time.GetUtcNow())
        {
            Leader = seen.Holder;
            return;
        }

        _version = await leases.TakeAsync(seen, identity.Name, options.Value.LeaseFor, cancellationToken);
        if (_version is { } taken)
        {
            Leader = identity.Name;
            LogLeads(identity.Name, taken);
        }
        else
        {
            Leader = (await leases.ReadAsync(Job, cancellationToken)).Holder;
        }
    }

    [LoggerMessage(30, LogLevel.Information, "'{Replica}' leads now, under version {Version} of the lease.")]
    private partial void LogLeads(string replica, long version);

    [LoggerMessage(31, LogLevel.Warning, "The lease can't be read or extended; it is tried again.")]
    private partial void LogFailing(Exception exception);
}
