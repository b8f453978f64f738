using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using WebSite.Data;

namespace WebSite.Live;

/// <summary>Reads what is newer than a cursor. Readers that ask for the same at the same time share one look into the database.</summary>
public sealed class LiveMessages(IDbContextFactory<BoardContext> contexts)
{
    public const int BatchSize = 100;

    private readonly ConcurrentDictionary<(long After, long UpTo), Lazy<Task<LiveBatch>>> _underWay = new();

    /// <param name="after">The id that the reader has seen last.</param>
    /// <param name="upTo">The newest id that is known; all up to it are visible.</param>
    /// <param name="cancellationToken">Ends the wait of this reader.</param>
    public Task<LiveBatch> ReadAsync(long after, long upTo, CancellationToken cancellationToken)
        => _underWay.GetOrAdd((after, upTo), key => new(() => ReadOnceAsync(key))).Value.WaitAsync(cancellationToken);

    /// <summary>The newest id of all, for readers that begin with the next message.</summary>
    public async Task<long> NewestAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Messages.MaxAsync(m => (long?)m.Id, cancellationToken) ?? 0;
    }

    private async Task<LiveBatch> ReadOnceAsync((long After, long UpTo) key)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            var messages = await db.Messages.AsNoTracking().Where(m => m.Id > key.After && m.Id <= key.UpTo).OrderBy(m => m.Id).Take(BatchSize)
                .Select(m => new LiveMessage(m.Id, m.Author, m.Text, m.PostedAt, m.TakenBy)).ToListAsync();
            return new(messages.Count < BatchSize ? key.UpTo : messages[^1].Id, messages);
        }
        finally
        {
            // Nothing is kept: a message that is deleted or changed in the next moment is read as it is then.
            _underWay.TryRemove(key, out _);
        }
    }
}

/// <summary>A message as live readers get it.</summary>
/// <param name="Id">Its number; what to go on from.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Text">What was written.</param>
/// <param name="PostedAt">When.</param>
/// <param name="TakenBy">The replica that took it.</param>
public sealed record LiveMessage(long Id, string Author, string Text, DateTimeOffset PostedAt, string TakenBy);

/// <summary>Messages after a cursor, oldest first.</summary>
/// <param name="Cursor">What to ask after next.</param>
/// <param name="Messages">The messages; deleted ones are not among them.</param>
public sealed record LiveBatch(long Cursor, IReadOnlyList<LiveMessage> Messages);
