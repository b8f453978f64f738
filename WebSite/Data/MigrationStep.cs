using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using WebSite.Starting;

namespace WebSite.Data;

/// <summary>Brings the database to the form that this version needs: once, however many processes try at the same time.</summary>
internal sealed partial class MigrationStep(IDbContextFactory<BoardContext> contexts, BoardDatabase database, TimeProvider time, ILogger<MigrationStep> logger)
{
    private const long AdvisoryLock = 0x53_54_41_43_4B_01; // "STACK", 1
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <exception cref="StartException">The database can't be had, or another process did not get ready with it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        try
        {
            var applied = database.Kind == DatabaseKind.Sqlite ? await OnFileAsync(db, cancellationToken) : await OnServerAsync(db, cancellationToken);
            LogDone(database.Place, applied.Count == 0 ? "nothing was missing" : $"applied {string.Join(", ", applied)}");
        }
        catch (Exception e) when ((e as DbException ?? e.InnerException as DbException) is { } cause)
        {
            // EF Core wraps what might go by itself.
            throw new StartException($"The database '{database.Place}' can't be prepared: {cause.Message} See that its server runs, that it exists and that its user may make tables, or correct 'ConnectionStrings:board'.");
        }
    }

    // EF Core has a lock of its own for this, a row in the database: who is killed while it has it leaves it behind, and the next one would wait for ever.
    private async Task<IReadOnlyList<string>> OnFileAsync(BoardContext db, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(database.Place)!;
        try
        {
            MakeFolder(folder);
            await using var held = await LockAsync($"{database.Place}.migrating", cancellationToken);
            if (File.Exists(database.Place))
            {
                await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
            }

            var applied = await ApplyAsync(db, cancellationToken);
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
            return applied;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The database '{database.Place}' can't be made: {e.Message} Correct 'ConnectionStrings:board', or let the user '{Environment.UserName}' write there.");
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        for (var start = time.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && time.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(LookAgain, time, cancellationToken);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> OnServerAsync(BoardContext db, CancellationToken cancellationToken)
    {
        // The lock is the session's: it ends with the connection, however this process ends.
        await db.Database.OpenConnectionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            return await ApplyAsync(db, cancellationToken);
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    private static async Task<IReadOnlyList<string>> ApplyAsync(BoardContext db, CancellationToken cancellationToken)
    {
        List<string> missing = [.. await db.Database.GetPendingMigrationsAsync(cancellationToken)];
        if (missing.Count > 0)
        {
            await db.Database.MigrateAsync(cancellationToken);
        }

        return missing;
    }

    [LoggerMessage(10, LogLevel.Information, "The board's database '{Place}' is ready: {What}.")]
    private partial void LogDone(string place, string what);
}
