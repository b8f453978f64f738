using SQLitePCL;

namespace Stack.Dashboard.Storage;

/// <summary>Whether a text of the database, in UTF-8, is wanted.</summary>
internal delegate bool TextTest(ReadOnlySpan<byte> text);

/// <summary>One connection to one database file, by SQLite's own calls; used by one thread at a time.</summary>
internal sealed class SqliteFile : IDisposable
{
    // Without memory mapping: mapped segments count as resident memory, which limits of a container then count too.
    private const string CommonPragmas = "PRAGMA mmap_size=0; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;";

    private readonly sqlite3 _connection;

    static SqliteFile() => Batteries_V2.Init();

    private SqliteFile(string path, sqlite3 connection)
    {
        Path = path;
        _connection = connection;
    }

    public string Path { get; }

    /// <summary>Opens for writing; a new file is created readable by its owner only (SQLite gives -wal and -shm the same mode).</summary>
    public static SqliteFile OpenForWriting(string path)
    {
        using (File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            OwnerOnly.Protect(path);
        }

        return Open(path, raw.SQLITE_OPEN_READWRITE, CommonPragmas + "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000;");
    }

    public static SqliteFile OpenForReading(string path) => Open(path, raw.SQLITE_OPEN_READONLY, CommonPragmas + "PRAGMA query_only=1;");

    public void Execute(string sql) => Check(raw.sqlite3_exec(_connection, sql));

    /// <summary>All of it or nothing.</summary>
    public void InTransaction(Action change)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            change();
            Execute("COMMIT");
        }
        catch
        {
            TryRollback();
            throw;
        }
    }

    public void TryRollback()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (StoreException)
        {
            // A full disk or an I/O error has undone the transaction already.
        }
    }

    /// <summary>All of it as one new file, as it is at this moment; whoever writes goes on meanwhile.</summary>
    public void CopyTo(string path)
    {
        using (File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            OwnerOnly.Protect(path);
        }

        using var copy = Open(path, raw.SQLITE_OPEN_READWRITE, "PRAGMA synchronous=OFF;");
        var backup = raw.sqlite3_backup_init(copy._connection, "main", _connection, "main")
            ?? throw new StoreException(raw.SQLITE_ERROR, $"'{System.IO.Path.GetFileName(Path)}' can't be copied.");
        var code = raw.sqlite3_backup_step(backup, -1);
        _ = raw.sqlite3_backup_finish(backup);
        copy.Check(code);
    }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(_connection, sql, out var statement));
        return new SqliteStatement(this, statement);
    }

    public long ReadNumber(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    public string? ReadText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Gives queries of this connection the function <c>test(text, number)</c>.</summary>
    public void AddTest(Func<int, TextTest> tests) => Check(raw.sqlite3_create_function(
        _connection, "test", 2, raw.SQLITE_UTF8, null,
        (context, _, arguments) => raw.sqlite3_result_int(
            context, tests(raw.sqlite3_value_int(arguments[1]))(raw.sqlite3_value_blob(arguments[0])) ? 1 : 0)));

    /// <summary>Stops what runs on this connection; may be called from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_connection);

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new StoreException(code, $"'{System.IO.Path.GetFileName(Path)}': {raw.sqlite3_errmsg(_connection).utf8_to_string()} (SQLite error {code})");
        }
    }

    public void Dispose() => _connection.Dispose();

    private static SqliteFile Open(string path, int flags, string pragmas)
    {
        var code = raw.sqlite3_open_v2(path, out var connection, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var file = new SqliteFile(path, connection);
        try
        {
            file.Check(code);
            file.Check(raw.sqlite3_busy_timeout(connection, 2000));
            file.Execute(pragmas);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
