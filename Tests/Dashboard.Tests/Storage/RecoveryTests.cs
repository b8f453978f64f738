using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class RecoveryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_no_database_is_put_aside_and_the_rest_is_shown()
    {
        await FillAsync(segments: 2);
        var first = Directory.GetFiles(_folder.Path, "seg-*.db").Order().First();
        File.SetUnixFileMode(first, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(first, new string('?', 5000));

        await using var store = await OpenStore.AtAsync(_folder.Path);

        File.Exists(first).ShouldBeFalse();
        File.Exists(first + ".bad").ShouldBeTrue();
        store.Status.BadFiles.ShouldBe([Path.GetFileName(first) + ".bad"]);
        (await store.FindAsync(new LogFilter { Limit = 5000 })).TotalCount.ShouldBe(500);
        await store.AddAsync(Samples.Log("goes on"));
        (await store.FindAsync()).Rows[^1].Body.ShouldBe("goes on");
    }

    [Fact]
    public async Task An_empty_file_that_a_full_disk_left_is_removed()
    {
        await FillAsync(segments: 1);
        var empty = _folder.File("seg-20991231T000000-0099.db");
        await File.WriteAllTextAsync(empty, "");

        await using var store = await OpenStore.AtAsync(_folder.Path);

        File.Exists(empty).ShouldBeFalse();
        (await store.FindAsync()).TotalCount.ShouldBe(500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_its_catalogue_everything_is_found_again_in_the_segments(bool broken)
    {
        await FillAsync(segments: 3);
        var meta = _folder.File("meta.db");
        File.Delete(meta);
        if (broken)
        {
            await File.WriteAllTextAsync(meta, new string('?', 5000));
        }

        await using var store = await OpenStore.AtAsync(_folder.Path);

        File.Exists(meta + ".bad").ShouldBe(broken);
        (await store.FindAsync()).TotalCount.ShouldBe(1500);
        store.Queries.Resources().Select(r => r.DisplayName).ShouldBe(["site-8001", "site-8002"]);
        await store.AddAsync(Samples.Log("after", "site-8001"), Samples.Log("after", "site-8003"));
        (await store.FindAsync(new LogFilter { Resources = ["site-8001"], Text = "after" })).TotalCount.ShouldBe(1);
        (await store.FindAsync(new LogFilter { Resources = ["site-8002"] })).TotalCount.ShouldBe(750);
    }

    [Fact]
    public async Task A_segment_that_was_deleted_by_hand_is_forgotten()
    {
        await FillAsync(segments: 2);
        File.Delete(Directory.GetFiles(_folder.Path, "seg-*.db").Order().First());

        await using var store = await OpenStore.AtAsync(_folder.Path);

        (await store.FindAsync()).TotalCount.ShouldBe(500);
    }

    [Fact]
    public async Task A_segment_that_breaks_while_it_is_written_is_put_aside_and_a_new_one_begun()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Samples.Log("before"));
        var path = _folder.File(store.Segments.Single().File);
        using (var other = SqliteFile.OpenForWriting(path))
        {
            other.Execute("PRAGMA writable_schema=1; UPDATE sqlite_master SET rootpage=99999 WHERE name='logs'; PRAGMA schema_version=99;");
        }

        await store.AddAsync(Samples.Log("not lost"));

        store.Status.BadFiles.ShouldBe([Path.GetFileName(path) + ".bad"]);
        await store.AddAsync(Samples.Log("goes on"));
        (await store.FindAsync()).Rows.Select(row => row.Body).ShouldBe(["not lost", "goes on"]);
    }

    [Fact]
    public async Task When_nothing_can_be_stored_any_more_the_oldest_goes_first_and_then_live_rows_go_on_and_losses_are_counted()
    {
        // About 800 kB a segment is all there is.
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentPageLimit = 200, SegmentBytes = 1L << 40 });

        for (var i = 0; i < 10 && store.Status.NotStoringSince is null; i++)
        {
            await store.AddAsync(Enumerable.Range(0, 500).Select(n => Samples.Log($"batch {i} row {n} {new string('x', 300)}")));
        }

        store.Status.NotStoringSince.ShouldNotBeNull();
        store.Status.Unstorable.ShouldBeGreaterThanOrEqualTo(500);
        store.Budget.IsClosed.ShouldBeFalse();
        store.Segments.Single().Logs.ShouldBe(store.Status.Committed);
        // What is there can be read, and what comes is shown.
        (await store.FindAsync(new LogFilter { Text = "\"batch 0 row 1 \"" })).TotalCount.ShouldBe(1);
        var last = store.Ring.After(0).Rows[^1];
        last.Body.ShouldContain("row 499");
    }

    [Fact]
    public async Task A_full_disk_costs_the_oldest_segment_and_no_new_row()
    {
        await FillAsync(segments: 3);
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentPageLimit = 200, SegmentBytes = 1L << 40 });
        var before = store.Segments.Count;

        // The page limit is that of the segment in hand, so deleting others does not help here: each try costs one, until none is left.
        for (var i = 0; i < 10 && store.Status.NotStoringSince is null; i++)
        {
            await store.AddAsync(Enumerable.Range(0, 500).Select(n => Samples.Log($"batch {i} row {n} {new string('x', 300)}")));
        }

        before.ShouldBe(4);
        store.Segments.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_segment_that_an_unclean_stop_left_damaged_is_found_in_the_background_and_what_can_be_read_is_shown()
    {
        await using (var filling = await OpenStore.AtAsync(_folder.Path))
        {
            await filling.AddAsync(Enumerable.Range(0, 3000).Select(n => Samples.Log($"row {n} {new string('x', 200)}")));
        }

        var path = Directory.GetFiles(_folder.Path, "seg-*.db").Single();
        using (var file = File.OpenWrite(path))
        {
            // In the middle of the rows: neither the schema nor the newest page.
            file.Position = file.Length / 8192 * 4096;
            file.Write(Enumerable.Repeat((byte)0xff, 4096).ToArray());
        }

        using (var meta = SqliteFile.OpenForWriting(_folder.File("meta.db")))
        {
            meta.Execute("UPDATE settings SET value='0' WHERE name='clean'; UPDATE segments SET sealed=0");
        }

        await using var store = await OpenStore.AtAsync(_folder.Path);

        if (store.Status.BadFiles.Count == 0)
        {
            await OpenStore.UntilAsync(() => store.Status.Damaged.ContainsKey(Path.GetFileName(path)), "the check");
            (await store.FindAsync(new LogFilter { Limit = 5, CountUpTo = 0 })).Rows.Count.ShouldBe(5);
        }

        await store.AddAsync(Samples.Log("goes on"));
        (await store.FindAsync(new LogFilter { Limit = 1, CountUpTo = 0 })).Rows.Single().Body.ShouldBe("goes on");
    }

    private async Task FillAsync(int segments)
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 50_000 });
        for (var i = 0; i < segments; i++)
        {
            await store.AddAsync(Enumerable.Range(0, 500).Select(n => Samples.Log($"row {n} of {i}", $"site-800{1 + (n % 2)}")));
            await OpenStore.UntilAsync(() => store.Segments[^1].Logs == 0, "the roll");
        }

        await OpenStore.UntilAsync(() => store.Segments.SkipLast(1).All(s => s.IsSealed), "the seal");
    }
}
