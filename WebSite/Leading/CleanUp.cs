using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebSite.Data;

namespace WebSite.Leading;

/// <summary>Removes messages that are older than configured, what is known of their changes, and tries to sign in that are long past, in short transactions, so that nobody who posts has to wait for long.</summary>
public sealed partial class CleanUp(LeaseStore leases, IOptions<BoardOptions> options, TimeProvider time, ILogger<CleanUp> logger)
{
    private const int AtOnce = 500;

    /// <param name="version">The version of the lease to act under.</param>
    /// <param name="cancellationToken">Ends it between two transactions.</param>
    public async Task RunAsync(long version, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (oldest, past) = (now - options.Value.KeepFor, now - GuessLimit.Memory);
        var removed = await InPartsAsync(version, db => db.Messages.Where(
            m => db.Messages.Where(o => o.PostedAt < oldest).OrderBy(o => o.Id).Select(o => o.Id).Take(AtOnce).Contains(m.Id)).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        await InPartsAsync(version, db => db.Changes.Where(
            c => db.Changes.Where(o => o.At < oldest).OrderBy(o => o.Id).Select(o => o.Id).Take(AtOnce).Contains(c.Id)).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        await InPartsAsync(version, db => db.SignInTries.Where(
            t => db.SignInTries.Where(o => o.FreeAt < past).OrderBy(o => o.FreeAt).Select(o => o.Name).Take(AtOnce).Contains(t.Name)).ExecuteDeleteAsync(cancellationToken), cancellationToken);
        if (removed > 0)
        {
            LogRemoved(removed, options.Value.KeepFor);
        }
    }

    private async Task<int> InPartsAsync(long version, Func<BoardContext, Task<int>> remove, CancellationToken cancellationToken)
    {
        int? removed;
        var all = 0;
        do
        {
            removed = await leases.UnderAsync(Leadership.Job, version, options.Value.LeaseFor, remove, cancellationToken);
            all += removed ?? 0;
        }
        while (removed == AtOnce);

        return all;
    }

    [LoggerMessage(32, LogLevel.Information, "{Count} messages that were older than {Age} were removed.")]
    private partial void LogRemoved(int count, TimeSpan age);
}
