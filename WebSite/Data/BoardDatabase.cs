using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using WebSite.Starting;

namespace WebSite.Data;

/// <summary>The databases that the board can be kept in.</summary>
public enum DatabaseKind
{
    /// <summary>A file.</summary>
    Sqlite,

    /// <summary>A server.</summary>
    PostgreSql,
}

/// <summary>Which database the board is kept in, read from <c>ConnectionStrings:board</c> and <c>Board:Provider</c>.</summary>
/// <param name="Kind">SQLite or PostgreSQL.</param>
/// <param name="ConnectionString">The complete connection string; it may have a password in it.</param>
/// <param name="Place">The file, or server and database: what may be shown.</param>
/// <param name="IsPersonal">Nothing was configured: a file of the user that runs the site, for trying it out.</param>
public sealed record BoardDatabase(DatabaseKind Kind, string ConnectionString, string Place, bool IsPersonal)
{
    public const string Name = "board";
    private const string Forms = "SQLite takes 'Data Source=/var/lib/board/board.db', PostgreSQL 'Host=db;Database=board;Username=board;Password=…'";

    /// <exception cref="StartException">The connection string can't be used; the message says why, and never shows it.</exception>
    public static BoardDatabase From(IConfiguration configuration)
    {
        if (configuration.GetConnectionString(Name) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return Sqlite($"Data Source={PersonalFile()}", isPersonal: true);
        }

        try
        {
            return KindOf(text, configuration["Board:Provider"]) == DatabaseKind.Sqlite ? Sqlite(text, isPersonal: false) : PostgreSql(text);
        }
        catch (ArgumentException e)
        {
            throw new StartException($"The connection string 'ConnectionStrings:board' can't be used: {e.Message} {Forms}.");
        }
    }

    private static DatabaseKind KindOf(string text, string? provider) => provider?.ToLowerInvariant() switch
    {
        "sqlite" => DatabaseKind.Sqlite,
        "postgresql" => DatabaseKind.PostgreSql,
        null or "" => Guess(text),
        _ => throw new StartException($"The setting 'Board:Provider' is '{provider}'. It takes 'sqlite' or 'postgresql'; without it the connection string tells."),
    };

    private static DatabaseKind Guess(string text)
    {
        var parts = text.Contains("://", StringComparison.Ordinal) ? [] : new DbConnectionStringBuilder { ConnectionString = text };
        bool Has(params string[] keys) => keys.Any(parts.ContainsKey);
        var (file, server) = (Has("Data Source", "DataSource", "Filename"), Has("Host", "Server"));
        return (file, server) switch
        {
            (true, false) => DatabaseKind.Sqlite,
            (false, true) => DatabaseKind.PostgreSql,
            _ => throw new StartException(
                $"The connection string 'ConnectionStrings:board' is neither one for SQLite nor one for PostgreSQL. {Forms}. "
                + "Correct it, or say with 'Board:Provider' which one is meant: sqlite or postgresql."),
        };
    }

    private static BoardDatabase Sqlite(string text, bool isPersonal)
    {
        var parts = new SqliteConnectionStringBuilder(text);
        if (parts.DataSource is "" or ":memory:" || parts.Mode == SqliteOpenMode.Memory)
        {
            throw new StartException("The connection string 'ConnectionStrings:board' names a database in memory, of which every replica would have its own. Name a file: Data Source=/var/lib/board/board.db.");
        }

        parts.DataSource = Path.GetFullPath(parts.DataSource);
        return new(DatabaseKind.Sqlite, parts.ConnectionString, parts.DataSource, isPersonal);
    }

    private static BoardDatabase PostgreSql(string text)
    {
        var parts = new NpgsqlConnectionStringBuilder(text);
        parts.ApplicationName ??= "WebSite";
        return new(DatabaseKind.PostgreSql, parts.ConnectionString, $"{parts.Database ?? parts.Username} on {parts.Host}", IsPersonal: false);
    }

    private static string PersonalFile()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(folder.Length > 0 ? folder : Path.GetTempPath(), "stack-website", "board.db");
    }
}
