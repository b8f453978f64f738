using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Stack.ServiceDefaults;
using WebSite.Live;

namespace WebSite.Data;

/// <summary>Writes and reads messages.</summary>
public sealed class MessageStore(BoardContext db, BoardDatabase database, BoardHead head, InstanceIdentity identity, TimeProvider time)
{
    public const int PageSize = 20;

    /// <summary>Whoever posts, changes or deletes has it until the commit ("STACK", 2).</summary>
    internal const long PostLock = 0x53_54_41_43_4B_02;

    /// <summary>Posts a message. The same form with the same text, sent again, is the message that is there already.</summary>
    public async Task PostAsync(long member, string author, Guid ticket, string text, CancellationToken cancellationToken)
    {
        var message = new Message
        {
            MemberId = member,
            Author = author,
            Text = text,
            Folded = Folding.Fold(author, text),
            Fingerprint = Fingerprint(member, ticket, text),
            PostedAt = time.GetUtcNow(),
            TakenBy = identity.Name,
        };
        if (!await IsThereAsync(message.Fingerprint, cancellationToken))
        {
            try
            {
                await WriteAsync(message, cancellationToken);
            }
            catch (DbUpdateException)
            {
                // Another replica may have taken the same form in the same moment.
                db.ChangeTracker.Clear();
                if (!await IsThereAsync(message.Fingerprint, cancellationToken))
                {
                    throw;
                }
            }
        }

        head.Nudge();
    }

    /// <summary>Number of the newest change or deletion of a message.</summary>
    public async Task<long> NewestChangeAsync(CancellationToken cancellationToken) => await db.Changes.MaxAsync(c => (long?)c.Id, cancellationToken) ?? 0;

    /// <summary>One page, newest first.</summary>
    /// <param name="search">Text that author or message have in them; null or empty: all.</param>
    /// <param name="before">Only messages with lower ids; null: from the newest on.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<MessagePage> ReadAsync(string? search, long? before, CancellationToken cancellationToken)
    {
        var messages = db.Messages.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            var folded = Folding.Fold(search.Trim());
            messages = messages.Where(m => m.Folded.Contains(folded));
        }

        if (before is { } limit)
        {
            messages = messages.Where(m => m.Id < limit);
        }

        var found = await messages.OrderByDescending(m => m.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        return new(found.Count > PageSize ? found[..PageSize] : found, found.Count > PageSize);
    }

    /// <summary>A message of that member; null: there is none, or it is somebody else's.</summary>
    public Task<Message?> FindOwnAsync(long id, long member, CancellationToken cancellationToken)
        => db.Messages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id && m.MemberId == member, cancellationToken);

    public async Task<bool> EditAsync(long id, long member, string text, CancellationToken cancellationToken)
    {
        if (await FindOwnAsync(id, member, cancellationToken) is not { } message)
        {
            return false;
        }

        var (folded, now) = (Folding.Fold(message.Author, text), time.GetUtcNow());
        return await ChangeAsync(
            id,
            () => db.Messages.Where(m => m.Id == id && m.MemberId == member)
                .ExecuteUpdateAsync(m => m.SetProperty(x => x.Text, text).SetProperty(x => x.Folded, folded).SetProperty(x => x.EditedAt, now), cancellationToken),
            cancellationToken);
    }

    public Task<bool> DeleteAsync(long id, long member, CancellationToken cancellationToken)
        => ChangeAsync(id, () => db.Messages.Where(m => m.Id == id && m.MemberId == member).ExecuteDeleteAsync(cancellationToken), cancellationToken);

    private async Task WriteAsync(Message message, CancellationToken cancellationToken)
    {
        await using var transaction = await TakeTurnAsync(cancellationToken);
        db.Messages.Add(message);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> ChangeAsync(long id, Func<Task<int>> change, CancellationToken cancellationToken)
    {
        await using var transaction = await TakeTurnAsync(cancellationToken);
        if (await change() == 0)
        {
            return false;
        }

        db.Changes.Add(new MessageChange { MessageId = id, At = time.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        head.Nudge();
        return true;
    }

    private async Task<IDbContextTransaction> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            // Ids are given out before they become visible: without the lock a reader could go on from 8 while 7 is not committed yet, and miss it.
            // SQLite has one writer at a time anyway.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({PostLock}), pg_notify({PostgresNotifications.Channel}, '')", cancellationToken);
        }

        return transaction;
    }

    private Task<bool> IsThereAsync(string fingerprint, CancellationToken cancellationToken) => db.Messages.AnyAsync(m => m.Fingerprint == fingerprint, cancellationToken);

    // With the text in it: who goes back in the browser, writes something else into the same form and sends it has written another message.
    private static string Fingerprint(long member, Guid ticket, string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{member}\n{ticket:N}\n{text}")));
}

/// <summary>One page of messages.</summary>
/// <param name="Messages">Newest first.</param>
/// <param name="HasOlder">Whether there are more.</param>
public sealed record MessagePage(IReadOnlyList<Message> Messages, bool HasOlder);
