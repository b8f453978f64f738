using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebSite.Data;

namespace WebSite.Leading;

/// <summary>Removes messages that are older than configured, in short transactions, so that nobody who posts has to wait for long.</summary>
public sealed partial class CleanUp(LeaseStore leases, IOptions<BoardOptions> options, TimeProvider time, ILogger<CleanUp> logger)
{
    private const int AtOnce = 500;

    /// <param name="version">The version of the lease to act under.</param>
    /// <param name="cancellationToken">Ends it between two transactions.</param>
    public async Task RunAsync(long version, CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - options.Value.KeepFor;
        int? removed;
        var all = 0;
        do
        {
            removed = await leases.UnderAsync(Leadership.Job, version, options.Value.LeaseFor, db => RemoveAsync(db, oldest, cancellationToken), cancellationToken);
            all += removed ?? 0;
        }
        while (removed == AtOnce);

        if (all > 0)
        {
            LogRemoved(all, options.Value.KeepFor);
        }
    }

    private static Task<int> RemoveAsync(BoardContext db, DateTimeOffset oldest, CancellationToken cancellationToken)
        => db.Messages.Where(m => db.Messages.Where(o => o.PostedAt < oldest).OrderBy(o => o.Id).Select(o => o.Id).Take(AtOnce).Contains(m.Id)).ExecuteDeleteAsync(cancellationToken);

    [LoggerMessage(32, LogLevel.Information, "{Count} messages that were older than {Age} were removed.")]
    private partial void LogRemoved(int count, TimeSpan age);
}
