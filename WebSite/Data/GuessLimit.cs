using Microsoft.EntityFrameworkCore;

namespace WebSite.Data;

/// <summary>
/// Keeps passwords from being guessed: after some wrong ones under a name each further one has to wait, longer each time. Tries are counted in the database, before the password
/// is looked at, so that N replicas together allow no guess more than one does; and for names that nobody has too, so that the answer does not tell which names there are.
/// </summary>
public sealed partial class GuessLimit(BoardContext db, TimeProvider time, ILogger<GuessLimit> logger)
{
    /// <summary>Tries in a row that cost nothing: people mistype.</summary>
    public const int FreeTries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>How long after the last try a name's tries are forgotten.</summary>
    public static TimeSpan Memory { get; } = TimeSpan.FromDays(1);

    /// <summary>Counts a try.</summary>
    /// <returns>Null: it may be made; else how long to wait before the next one.</returns>
    public async Task<TimeSpan?> EnterAsync(string name, CancellationToken cancellationToken)
    {
        var folded = Folding.Fold(name);
        while (true)
        {
            var now = time.GetUtcNow();
            var seen = await db.SignInTries.AsNoTracking().FirstOrDefaultAsync(t => t.Name == folded, cancellationToken);
            if (seen?.FreeAt > now)
            {
                return seen.FreeAt - now;
            }

            // Another replica may have counted a try in the same moment: then look again.
            if (await CountAsync(folded, seen, now, cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>The password was right: what came before does not count any more.</summary>
    public async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        var folded = Folding.Fold(name);
        await db.SignInTries.Where(t => t.Name == folded).ExecuteDeleteAsync(cancellationToken);
    }

    internal static TimeSpan PauseAfter(int tries)
        => tries < FreeTries ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(tries - FreeTries, 10)));

    private async Task<bool> CountAsync(string name, SignInTries? seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (seen is null)
        {
            return await db.Database.ExecuteSqlAsync(
                $"""INSERT INTO "SignInTries" ("Name", "Count", "FreeAt") VALUES ({name}, 1, {now.ToUnixTimeMilliseconds()}) ON CONFLICT DO NOTHING""", cancellationToken) == 1;
        }

        var count = seen.FreeAt < now - Memory ? 1 : seen.Count + 1;
        var (pause, freeAt) = (PauseAfter(count), now + PauseAfter(count));
        var isCounted = await db.SignInTries.Where(t => t.Name == name && t.Count == seen.Count && t.FreeAt == seen.FreeAt)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.Count, count).SetProperty(x => x.FreeAt, freeAt), cancellationToken) == 1;
        if (isCounted && pause > TimeSpan.Zero)
        {
            LogPaused(count, pause);
        }

        return isCounted;
    }

    // Without the name: what is typed there is a password now and then.
    [LoggerMessage(12, LogLevel.Warning, "Somebody has tried {Count} times to sign in under one name; the next try may be made in {Pause}.")]
    private partial void LogPaused(int count, TimeSpan pause);
}
