namespace Stack.Dashboard.Storage;

/// <summary>What was commanded: when, by whom, and what became of it. In meta.db, the last ones.</summary>
internal sealed class AuditTable
{
    /// <summary>How many entries are kept.</summary>
    public const int Kept = 10_000;

    private readonly SqliteFile _file;
    private readonly Lock _gate;

    /// <param name="file">meta.db.</param>
    /// <param name="gate">Held whenever the connection is used.</param>
    public AuditTable(SqliteFile file, Lock gate)
    {
        (_file, _gate) = (file, gate);

        // What had no answer when the dashboard ended will get none.
        file.Execute("""
            CREATE TABLE IF NOT EXISTS audit(id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL,
                command TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, message TEXT);
            UPDATE audit SET outcome='Unknown', message='The dashboard ended before the answer came.' WHERE outcome='Running';
            """);
    }

    /// <summary>Notes a command and gives it its number.</summary>
    public long Add(AuditEntry entry)
    {
        lock (_gate)
        {
            using (var insert = _file.Prepare("INSERT INTO audit(ts, role, address, command, target, outcome, message) VALUES(?,?,?,?,?,?,?)"))
            {
                insert.Bind(1, UnixTicks.Of(entry.Time)).Bind(2, entry.Role).Bind(3, entry.Address).Bind(4, entry.Command).Bind(5, entry.Target)
                    .Bind(6, entry.Outcome).Bind(7, entry.Message).Run();
            }

            var id = _file.ReadNumber("SELECT last_insert_rowid()");
            using var prune = _file.Prepare("DELETE FROM audit WHERE id<=?");
            prune.Bind(1, id - Kept).Run();
            return id;
        }
    }

    /// <summary>Notes what became of a command.</summary>
    public void Finish(long id, string outcome, string? message)
    {
        lock (_gate)
        {
            using var update = _file.Prepare("UPDATE audit SET outcome=?, message=? WHERE id=?");
            update.Bind(1, outcome).Bind(2, message).Bind(3, id).Run();
        }
    }

    /// <summary>The newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="before">Only those with a lower number.</param>
    public IReadOnlyList<AuditEntry> Newest(int limit, long before = long.MaxValue)
    {
        lock (_gate)
        {
            using var rows = _file.Prepare("SELECT id, ts, role, address, command, target, outcome, message FROM audit WHERE id<? ORDER BY id DESC LIMIT ?");
            rows.Bind(1, before).Bind(2, limit);
            var entries = new List<AuditEntry>();
            while (rows.Step())
            {
                entries.Add(new AuditEntry(UnixTicks.ToTime(rows.Number(1)), rows.Text(2), rows.Text(3), rows.Text(4), rows.Text(5), rows.Text(6), rows.TextOrNull(7)) { Id = rows.Number(0) });
            }

            return entries;
        }
    }
}

/// <summary>One command.</summary>
/// <param name="Time">When it was given.</param>
/// <param name="Role">Operator, or whoever it was that may not.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="Command">What: <c>roll</c>, <c>scale to 6</c>.</param>
/// <param name="Target">A resource or a replica.</param>
/// <param name="Outcome">Running, Done, Failed, Refused, Forbidden or Unknown.</param>
/// <param name="Message">The answer, word by word.</param>
internal sealed record AuditEntry(DateTimeOffset Time, string Role, string Address, string Command, string Target, string Outcome, string? Message)
{
    public long Id { get; init; }
}
