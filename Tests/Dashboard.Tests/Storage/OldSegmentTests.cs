using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A segment that an earlier version wrote: it is read as it is, sealed, and never written again.</summary>
public sealed class OldSegmentTests : IDisposable
{
    // As version 1 made it. Never change this text.
    private const string VersionOne = """
        CREATE TABLE resources(id INTEGER PRIMARY KEY, service TEXT NOT NULL, instance TEXT, display TEXT NOT NULL, attrs TEXT NOT NULL,
            hash TEXT NOT NULL UNIQUE, signals INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE scopes(id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
        CREATE TABLE templates(id INTEGER PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
        CREATE TABLE series(id INTEGER PRIMARY KEY, res INTEGER NOT NULL, scope INTEGER NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
            type TEXT NOT NULL, attrs TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
        CREATE TABLE logs(id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, sev INTEGER NOT NULL, res INTEGER NOT NULL, scope INTEGER NOT NULL,
            tr INTEGER, tr2 INTEGER, span INTEGER, template INTEGER, body TEXT NOT NULL, attrs TEXT NOT NULL);
        CREATE INDEX logs_res ON logs(res);
        CREATE INDEX logs_tr ON logs(tr) WHERE tr IS NOT NULL;
        CREATE INDEX logs_errors ON logs(id) WHERE sev>=17;
        CREATE TABLE spans(id INTEGER PRIMARY KEY, tr INTEGER NOT NULL, tr2 INTEGER NOT NULL, span INTEGER NOT NULL, parent INTEGER,
            res INTEGER NOT NULL, scope INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, start INTEGER NOT NULL, dur INTEGER NOT NULL,
            status INTEGER NOT NULL, status_text TEXT, route TEXT, http_status INTEGER, entry INTEGER NOT NULL,
            attrs TEXT NOT NULL, events TEXT, links TEXT);
        CREATE INDEX spans_tr ON spans(tr);
        CREATE INDEX spans_res ON spans(res);
        CREATE INDEX spans_errors ON spans(id) WHERE status=2;
        CREATE INDEX spans_entries ON spans(id) WHERE entry=1;
        CREATE TABLE points(series INTEGER NOT NULL, t INTEGER NOT NULL, value, exemplars TEXT, PRIMARY KEY(series, t)) WITHOUT ROWID;
        INSERT INTO resources VALUES(1, 'site', 'site-8001', 'site-8001', '{}', 'r1', 3);
        INSERT INTO scopes VALUES(1, 'WebSite.Home', '', 's1');
        INSERT INTO logs VALUES(17000000000000000, 17000000000000000, 9, 1, 1, NULL, NULL, NULL, NULL, 'an old row', '{}');
        INSERT INTO spans VALUES(17000000000000001, 1, 2, 3, NULL, 1, 1, 'GET /', 2, 17000000000000000, 5, 0, NULL, '/', 200, 1, '{}', NULL, NULL);
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Schema.Version)]
    [InlineData(Schema.Version + 1)]
    public async Task It_is_shown_sealed_and_left_as_it_is(int version)
    {
        const string Old = "seg-20231114T221320-0001.db";
        using (var file = SqliteFile.OpenForWriting(_folder.File(Old)))
        {
            file.Execute(VersionOne + $"PRAGMA user_version={version};");
        }

        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { MaxAge = TimeSpan.FromDays(5000) });
        await store.AddAsync(Samples.Log("a new row"));

        (await store.FindAsync()).Rows.Select(row => row.Body).ShouldBe(["an old row", "a new row"]);
        (await store.Traces.FindAsync(new TraceFilter(), CancellationToken.None)).Traces.Single().Spans.Single().Row.Name.ShouldBe("GET /");
        if (version != Schema.Version)
        {
            store.Segments.Count.ShouldBe(2);
            await OpenStore.UntilAsync(() => store.Segments[0].IsSealed, "the seal");
            using var file = SqliteFile.OpenForReading(_folder.File(Old));
            file.ReadNumber("PRAGMA user_version").ShouldBe(version);
            file.ReadNumber("SELECT count(*) FROM logs").ShouldBe(1);
        }
    }
}
