namespace Stack.Dashboard.Storage;

/// <summary>Reads and writes the numbered tables (resources, scopes, templates, series) of one file.</summary>
internal sealed class DictionaryTables(SqliteFile file) : IDisposable
{
    private static readonly Dictionary<Type, string> Tables = new()
    {
        [typeof(ResourceEntry)] = "resources",
        [typeof(ScopeEntry)] = "scopes",
        [typeof(TemplateEntry)] = "templates",
        [typeof(SeriesEntry)] = "series",
    };

    private readonly Dictionary<Type, SqliteStatement> _find = Tables.ToDictionary(
        table => table.Key, table => file.Prepare($"SELECT id FROM {table.Value} WHERE hash=?"));

    private readonly SqliteStatement _resource = file.Prepare(
        "INSERT OR IGNORE INTO resources(id, service, instance, display, attrs, hash) VALUES(?,?,?,?,?,?)");

    private readonly SqliteStatement _scope = file.Prepare("INSERT OR IGNORE INTO scopes(id, name, version, hash) VALUES(?,?,?,?)");
    private readonly SqliteStatement _template = file.Prepare("INSERT OR IGNORE INTO templates(id, text, hash) VALUES(?,?,?)");
    private readonly SqliteStatement _series = file.Prepare(
        "INSERT OR IGNORE INTO series(id, res, scope, name, unit, type, attrs, hash) VALUES(?,?,?,?,?,?,?,?)");

    private readonly SqliteStatement _signals = file.Prepare("UPDATE resources SET signals=signals|?2 WHERE id=?1");

    /// <summary>Does nothing when the number or the hash is there already.</summary>
    public void Insert(DictionaryEntry entry)
    {
        switch (entry)
        {
            case ResourceEntry(var id, var info):
                _resource.Bind(1, id).Bind(2, info.Service).Bind(3, info.InstanceId).Bind(4, info.DisplayName)
                    .Bind(5, info.AttributesJson).Bind(6, entry.Hash).Run();
                break;
            case ScopeEntry(var id, var scope):
                _scope.Bind(1, id).Bind(2, scope.Name).Bind(3, scope.Version).Bind(4, entry.Hash).Run();
                break;
            case TemplateEntry(var id, var text):
                _template.Bind(1, id).Bind(2, text).Bind(3, entry.Hash).Run();
                break;
            case SeriesEntry(var id, var resource, var scope, var series, var hash):
                _series.Bind(1, id).Bind(2, resource).Bind(3, scope).Bind(4, series.Name).Bind(5, series.Unit)
                    .Bind(6, series.Type).Bind(7, series.AttributesJson).Bind(8, hash).Run();
                break;
        }
    }

    public long? Find<TEntry>(string hash)
        where TEntry : DictionaryEntry
    {
        var statement = _find[typeof(TEntry)];
        try
        {
            return statement.Bind(1, hash).Step() ? statement.Number(0) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>The largest number of each table.</summary>
    public Dictionary<Type, long> LastNumbers() =>
        Tables.ToDictionary(table => table.Key, table => file.ReadNumber($"SELECT max(id) FROM {table.Value}"));

    public void AddSignals(long resource, Signal signals) => _signals.Bind(1, resource).Bind(2, (long)signals).Run();

    public static IEnumerable<(ResourceEntry Entry, Signal Signals)> ReadResources(SqliteFile file)
    {
        using var rows = file.Prepare("SELECT id, service, instance, display, attrs, signals FROM resources");
        while (rows.Step())
        {
            var info = new ResourceInfo(rows.Text(1), rows.TextOrNull(2), rows.Text(3), rows.Text(4));
            yield return (new ResourceEntry(rows.Number(0), info), (Signal)rows.Number(5));
        }
    }

    public static IEnumerable<DictionaryEntry> ReadAll(SqliteFile file)
    {
        foreach (var (entry, _) in ReadResources(file))
        {
            yield return entry;
        }

        using (var scopes = file.Prepare("SELECT id, name, version FROM scopes"))
        {
            while (scopes.Step())
            {
                yield return new ScopeEntry(scopes.Number(0), new ScopeInfo(scopes.Text(1), scopes.Text(2)));
            }
        }

        using (var templates = file.Prepare("SELECT id, text FROM templates"))
        {
            while (templates.Step())
            {
                yield return new TemplateEntry(templates.Number(0), templates.Text(1));
            }
        }

        using var series = file.Prepare("SELECT id, res, scope, name, unit, type, attrs, hash FROM series");
        while (series.Step())
        {
            // The scope's name is not needed here: the number stands for it.
            var info = new SeriesInfo(default, series.Text(3), series.Text(4), series.Text(5), series.Text(6));
            yield return new SeriesEntry(series.Number(0), series.Number(1), series.Number(2), info, series.Text(7));
        }
    }

    public void Dispose()
    {
        foreach (var statement in _find.Values)
        {
            statement.Dispose();
        }

        _resource.Dispose();
        _scope.Dispose();
        _template.Dispose();
        _series.Dispose();
        _signals.Dispose();
    }
}
