using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WebSite.Data;

namespace WebSite.Live;

/// <summary>Reads what is newer than a reader's position. Readers that ask for the same at the same time share one look into the database.</summary>
public sealed class LiveMessages(IDbContextFactory<BoardContext> contexts)
{
    public const int BatchSize = 100;

    private readonly ConcurrentDictionary<(Position After, Position UpTo), Lazy<Task<LiveBatch>>> _underWay = new();

    /// <param name="after">How far the reader has got.</param>
    /// <param name="upTo">The newest that is known; all up to it is visible.</param>
    /// <param name="cancellationToken">Ends the wait of this reader.</param>
    public Task<LiveBatch> ReadAsync(Position after, Position upTo, CancellationToken cancellationToken)
        => _underWay.GetOrAdd((after, upTo), key => new(() => ReadOnceAsync(key))).Value.WaitAsync(cancellationToken);

    /// <summary>The newest of all, for readers that begin with what comes next.</summary>
    public async Task<Position> NewestAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await NewestAsync(db, cancellationToken);
    }

    internal static async Task<Position> NewestAsync(BoardContext db, CancellationToken cancellationToken)
        => new(await db.Messages.MaxAsync(m => (long?)m.Id, cancellationToken) ?? 0, await db.Changes.MaxAsync(c => (long?)c.Id, cancellationToken) ?? 0);

    private async Task<LiveBatch> ReadOnceAsync((Position After, Position UpTo) key)
    {
        try
        {
            var (after, upTo) = key;
            await using var db = await contexts.CreateDbContextAsync();
            var messages = upTo.Message > after.Message
                ? await Live(db.Messages.Where(m => m.Id > after.Message && m.Id <= upTo.Message).OrderBy(m => m.Id).Take(BatchSize)).ToListAsync()
                : [];
            var (change, changes) = upTo.Change > after.Change ? await ChangesAsync(db, after.Change.Value, upTo.Change.Value) : (after.Change, []);
            return new(messages.Count < BatchSize ? Math.Max(after.Message, upTo.Message) : messages[^1].Id, messages, change, changes);
        }
        finally
        {
            // Nothing is kept: a message that is deleted or changed in the next moment is read as it is then.
            _underWay.TryRemove(key, out _);
        }
    }

    // Each message once, as it is now: what has happened to it in between is of no use to anybody.
    private static async Task<(long? Change, IReadOnlyList<LiveChange> Changes)> ChangesAsync(BoardContext db, long after, long upTo)
    {
        var changes = await db.Changes.AsNoTracking().Where(c => c.Id > after && c.Id <= upTo).OrderBy(c => c.Id).Take(BatchSize).ToListAsync();
        var ids = changes.Select(c => c.MessageId).Distinct().ToList();
        var now = await db.Messages.AsNoTracking().Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id);
        return (changes.Count < BatchSize ? upTo : changes[^1].Id, [.. ids.Select(id => new LiveChange(id, now.GetValueOrDefault(id)?.Text, now.GetValueOrDefault(id)?.EditedAt))]);
    }

    private static IQueryable<LiveMessage> Live(IQueryable<Message> messages) => messages.AsNoTracking().Select(m => new LiveMessage(m.Id, m.Author, m.Text, m.PostedAt, m.TakenBy));
}

/// <summary>A message as live readers get it.</summary>
/// <param name="Id">Its number; what to go on from.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Text">What was written.</param>
/// <param name="PostedAt">When.</param>
/// <param name="TakenBy">The replica that took it.</param>
public sealed record LiveMessage(long Id, string Author, string Text, DateTimeOffset PostedAt, string TakenBy);

/// <summary>A message that was changed or deleted. It may come again, and to readers who have not had the message.</summary>
/// <param name="Id">Number of the message.</param>
/// <param name="Text">What it says now; null: it was deleted.</param>
/// <param name="EditedAt">When it was changed last.</param>
public sealed record LiveChange(long Id, string? Text, DateTimeOffset? EditedAt);

/// <summary>What comes after a position, oldest first.</summary>
/// <param name="Cursor">The message to ask after next.</param>
/// <param name="Messages">The messages; deleted ones are not among them.</param>
/// <param name="Change">The change to ask after next; null for a reader who does not follow changes.</param>
/// <param name="Changes">The messages that have changed.</param>
public sealed record LiveBatch(long Cursor, IReadOnlyList<LiveMessage> Messages, long? Change, IReadOnlyList<LiveChange> Changes)
{
    /// <summary>How far a reader has got with it.</summary>
    [JsonIgnore]
    public Position Position => new(Cursor, Change);
}
