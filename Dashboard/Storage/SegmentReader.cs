namespace Stack.Dashboard.Storage;

/// <summary>One read connection to a segment, with the names behind its numbers.</summary>
internal sealed class SegmentReader(string name, SqliteFile file) : IDisposable
{
    private readonly Dictionary<long, ResourceInfo> _resources = [];
    private readonly Dictionary<long, string> _scopes = [];
    private readonly Dictionary<long, string> _templates = [];
    private bool? _hasWords;

    public string File => name;

    /// <summary>What <c>test(column, n)</c> asks in the query that runs now.</summary>
    public IReadOnlyList<TextTest> Tests { get; set; } = [];

    /// <summary>Whether its words can be looked up; true of sealed segments only, and only with Dashboard:Storage:FullText.</summary>
    public bool HasWords => _hasWords ??= FullTextIndex.IsIn(file);

    /// <summary>Something went wrong on the connection: it is closed instead of kept.</summary>
    public bool IsSpent { get; set; }

    public static SegmentReader Open(string path)
    {
        var file = SqliteFile.OpenForReading(path);
        var reader = new SegmentReader(Path.GetFileName(path), file);
        file.AddTest(number => reader.Tests[number]);
        return reader;
    }

    /// <summary>Rows that every query has to leave out: <see cref="NotCleared"/> for logs and spans; points up to the time of the mark.</summary>
    public ClearedMarks Cleared { get; set; } = ClearedMarks.None;

    /// <summary>The end of the WHERE of every query of logs or spans.</summary>
    public string NotCleared => Cleared.Conditions();

    public SqliteStatement Prepare(string sql) => file.Prepare(sql);

    /// <summary>Stops the running query; any thread.</summary>
    public void Interrupt() => file.Interrupt();

    /// <summary>All senders in this segment, freshly read: the segment may be the one being written.</summary>
    public IReadOnlyList<(long Id, ResourceInfo Info)> Resources()
    {
        var all = new List<(long, ResourceInfo)>();
        using var rows = file.Prepare("SELECT id, service, instance, display FROM resources");
        while (rows.Step())
        {
            all.Add((rows.Number(0), new ResourceInfo(rows.Text(1), rows.TextOrNull(2), rows.Text(3), "{}")));
        }

        return all;
    }

    public ResourceInfo Resource(long id)
    {
        if (!_resources.TryGetValue(id, out var info))
        {
            using var row = file.Prepare("SELECT service, instance, display, attrs FROM resources WHERE id=?");
            info = row.Bind(1, id).Step()
                ? new ResourceInfo(row.Text(0), row.TextOrNull(1), row.Text(2), row.Text(3))
                : ResourceInfo.Other;
            _resources[id] = info;
        }

        return info;
    }

    /// <summary>All scopes, or all templates, in this segment by their numbers, freshly read.</summary>
    public IReadOnlyList<(long Id, string Name)> Scopes() => Names("SELECT id, name FROM scopes");

    public IReadOnlyList<(long Id, string Name)> Templates() => Names("SELECT id, text FROM templates");

    public string Scope(long id) => Name(_scopes, "SELECT name FROM scopes WHERE id=?", id);

    public string Template(long id) => Name(_templates, "SELECT text FROM templates WHERE id=?", id);

    public void Dispose() => file.Dispose();

    private List<(long Id, string Name)> Names(string sql)
    {
        var all = new List<(long, string)>();
        using var rows = file.Prepare(sql);
        while (rows.Step())
        {
            all.Add((rows.Number(0), rows.Text(1)));
        }

        return all;
    }

    private string Name(Dictionary<long, string> names, string sql, long id)
    {
        if (!names.TryGetValue(id, out var name))
        {
            using var row = file.Prepare(sql);
            name = row.Bind(1, id).Step() ? row.Text(0) : "";
            names[id] = name;
        }

        return name;
    }
}
