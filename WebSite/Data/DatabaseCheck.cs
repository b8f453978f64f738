using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebSite.Starting;

namespace WebSite.Data;

/// <summary>Keeps the site from serving on a database that is not in the form that it needs.</summary>
internal sealed partial class DatabaseCheck(
    IDbContextFactory<BoardContext> contexts, BoardDatabase database, MigrationStep migrations, IOptions<BoardOptions> options, ILogger<DatabaseCheck> logger)
{
    /// <exception cref="StartException">Migrations are missing; the message names them and says how to apply them.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (options.Value.MigrateAtStart ?? database.IsPersonal)
        {
            await migrations.RunAsync(cancellationToken);
        }

        var missing = await MissingAsync(cancellationToken);
        if (missing.Count > 0)
        {
            throw new StartException(
                $"The board's database '{database.Place}' lacks {string.Join(", ", missing)}. Apply what is missing once, before the replicas start: dotnet WebSite.dll --migrate. "
                + "Replicas don't do it themselves, since N of them would do it at once; a site that is alone may: Board__MigrateAtStart=true.");
        }

        LogPlace(database.Kind, database.Place);
    }

    private async Task<IReadOnlyList<string>> MissingAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);

        // Asking would make the file.
        if (database.Kind == DatabaseKind.Sqlite && !File.Exists(database.Place))
        {
            return [.. db.Database.GetMigrations()];
        }

        try
        {
            return [.. await db.Database.GetPendingMigrationsAsync(cancellationToken)];
        }
        catch (Exception e) when ((e as DbException ?? e.InnerException as DbException) is { } cause)
        {
            throw new StartException($"The board's database '{database.Place}' can't be read: {cause.Message} Start its server, or correct 'ConnectionStrings:board'.");
        }
    }

    [LoggerMessage(11, LogLevel.Information, "The board is kept in {Kind}: {Place}")]
    private partial void LogPlace(DatabaseKind kind, string place);
}
