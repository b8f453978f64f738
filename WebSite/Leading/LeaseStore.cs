using Microsoft.EntityFrameworkCore;
using WebSite.Data;

namespace WebSite.Leading;

/// <summary>Takes, extends and gives back a lease. Each is one statement that changes the row only if it still is as expected, so that of several replicas one succeeds.</summary>
public sealed class LeaseStore(IDbContextFactory<BoardContext> contexts, TimeProvider time)
{
    /// <summary>Who has it now.</summary>
    public async Task<Lease> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Leases.AsNoTracking().SingleAsync(l => l.Name == name, cancellationToken);
    }

    /// <summary>Takes a lease that was read as expired.</summary>
    /// <returns>The version to act under; null: another replica was faster.</returns>
    public async Task<long?> TakeAsync(Lease seen, string holder, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (next, until) = (seen.Version + 1, time.GetUtcNow() + length);
        var rows = await db.Leases.Where(l => l.Name == seen.Name && l.Version == seen.Version)
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.Holder, holder).SetProperty(x => x.Version, next).SetProperty(x => x.ExpiresAt, until), cancellationToken);
        return rows == 1 ? next : null;
    }

    /// <summary>Extends it, or with a negative length gives it back; false: somebody else has it.</summary>
    public async Task<bool> ExtendAsync(string name, long version, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await ExtendAsync(db, name, version, length, cancellationToken);
    }

    /// <summary>Does what only the holder may, in one transaction with the check that it is the holder: a replica that was held up and woke too late changes nothing.</summary>
    /// <returns>What the work returns; null: somebody else has the lease.</returns>
    public async Task<int?> UnderAsync(string name, long version, TimeSpan length, Func<BoardContext, Task<int>> work, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await ExtendAsync(db, name, version, length, cancellationToken))
        {
            return null;
        }

        var done = await work(db);
        await transaction.CommitAsync(cancellationToken);
        return done;
    }

    private async Task<bool> ExtendAsync(BoardContext db, string name, long version, TimeSpan length, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + length;
        return await db.Leases.Where(l => l.Name == name && l.Version == version).ExecuteUpdateAsync(l => l.SetProperty(x => x.ExpiresAt, until), cancellationToken) == 1;
    }
}
