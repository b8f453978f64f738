using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class ClearTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clearing_all_deletes_the_files_and_storing_goes_on()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 50_000 });
        for (var i = 0; i < 3; i++)
        {
            await store.AddAsync(Rows(300, "site-8001"));
        }

        var before = store.Segments.Select(segment => segment.File).ToList();

        await store.Store.ClearAsync(CancellationToken.None);

        (await store.FindAsync()).TotalCount.ShouldBe(0);
        store.Ring.After(0).Rows.ShouldBeEmpty();
        store.Queries.Resources().ShouldBeEmpty();
        Directory.GetFiles(_folder.Path, "seg-*").Select(path => Path.GetFileName(path)).ShouldNotContain(file => before.Contains(file));
        await store.AddAsync(Samples.Log("after"));
        (await store.FindAsync()).Rows.Single().Body.ShouldBe("after");
    }

    [Fact]
    public async Task Clearing_one_instance_takes_it_out_of_every_query_also_after_a_restart_until_it_sends_again()
    {
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync([.. Rows(3, "site-8001"), .. Rows(2, "site-8002")]);
            await store.AddAsync(Spans("site-8001", "a"));
            await store.AddAsync(Spans("site-8002", "b"));

            await store.Store.ClearAsync(store.Queries.Resources().Single(r => r.DisplayName == "site-8001"), CancellationToken.None);

            await ShouldBeGoneAsync(store);
            store.Ring.After(0).Rows.ShouldAllBe(row => row.InstanceId == "site-8002");
        }

        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await ShouldBeGoneAsync(store);

            await store.AddAsync(Samples.Log("back", "site-8001"));
            store.Queries.Resources().Select(r => r.DisplayName).ShouldBe(["site-8001", "site-8002"]);
            (await store.FindAsync(new LogFilter { Resources = ["site-8001"] })).Rows.Single().Body.ShouldBe("back");
        }
    }

    [Fact]
    public async Task Counts_of_a_cleared_instance_go_with_it()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync([.. Rows(1, "site-8001"), .. Rows(1, "site-8002")]);
        using var meta = SqliteFile.OpenForWriting(_folder.File("meta.db"));
        foreach (var (service, sender) in ((string, string)[])[("site", "site-8001"), ("", "site-8001"), ("site", "site-8002")])
        {
            var id = RollupNames.IdOf(service, sender);
            meta.Execute($"INSERT INTO requests VALUES(0, 1, 0, 1, {id}, 2, 5, NULL); INSERT INTO usage VALUES(1, 1, {id}, 1, 1, 1, 1);");
        }

        await store.Store.ClearAsync(store.Queries.Resources()[0], CancellationToken.None);

        var kept = RollupNames.IdOf("site", "site-8002");
        meta.ReadText("SELECT group_concat(sender) FROM requests").ShouldBe($"{kept}");
        meta.ReadText("SELECT group_concat(sender) FROM usage").ShouldBe($"{kept}");

        await store.Store.ClearAsync(CancellationToken.None);

        meta.ReadNumber("SELECT (SELECT count(*) FROM requests) + (SELECT count(*) FROM usage)").ShouldBe(0);
    }

    private static async Task ShouldBeGoneAsync(OpenStore store)
    {
        var page = await store.FindAsync();
        page.TotalCount.ShouldBe(2);
        page.Rows.ShouldAllBe(row => row.InstanceId == "site-8002");
        (await store.FindAsync(new LogFilter { Limit = 1 })).TotalCount.ShouldBe(2);
        (await store.FindAsync(new LogFilter { Resources = ["site-8001"] })).TotalCount.ShouldBe(0);
        store.Queries.Resources().Select(r => r.DisplayName).ShouldBe(["site-8002"]);
        (await store.Traces.FindAsync(new TraceFilter(), CancellationToken.None)).Traces.Select(trace => trace.Id[0]).ShouldBe(['b']);
        (await store.Traces.FindAsync(new string('a', 32), null, CancellationToken.None)).ShouldBeNull();
    }

    private static IEnumerable<LogRow> Rows(int count, string instance) => Enumerable.Range(0, count).Select(i => Samples.Log($"row {i} {new string('x', 150)}", instance));

    private static TelemetryBatch Spans(string instance, string trace)
    {
        var draft = Samples.Draft(Samples.Log("", instance));
        var batch = new TelemetryBatch();
        batch.Add(new SpanDraft(draft.Resource, draft.Scope, new SpanRow
        {
            TraceId = string.Concat(Enumerable.Repeat(trace, 32)), SpanId = "00f067aa0ba902b7", Name = "GET /", Kind = 2, Start = Samples.Time, DurationNanoseconds = 5,
        }));
        return batch;
    }
}
