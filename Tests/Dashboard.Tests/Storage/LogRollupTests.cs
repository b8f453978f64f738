using Microsoft.Extensions.Logging.Abstractions;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>Counts by minute and by template agree with the rows, whatever happened in between.</summary>
public sealed class LogRollupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_over_several_segments_are_counted_by_minute_resource_and_level()
    {
        var rows = Rows(3000).ToList();
        await using var store = await OpenAsync();
        await store.AddAsync(rows);
        store.Segments.Count.ShouldBeGreaterThan(1);

        var histogram = await HistogramAsync(store, new LogFilter { Resources = ["site-8001"], Text = "level:>=Warning" });

        var expected = rows.Where(row => row.InstanceId == "site-8001" && row.Severity >= 13).ToList();
        histogram.Total.ShouldBe(expected.Count);
        histogram.Between(0, 24).ShouldBe([.. Enumerable.Range(0, 60).Select(minute => (double)expected.Count(row => row.Time.Minute == minute))]);
        histogram.IsPartial.ShouldBeFalse();
        (await CountsAsync(store)).ShouldBe(rows.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("level:Error")]
    [InlineData("-instance:site-8002")]
    [InlineData("service:nobody")]
    public async Task Counts_and_a_scan_of_the_rows_say_the_same(string text)
    {
        await using var store = await OpenAsync();
        await store.AddAsync(Rows(2000));

        var counted = await HistogramAsync(store, new LogFilter { Text = text });
        var scanned = await HistogramAsync(store, new LogFilter { Text = text + " -\"nobody says this\"" });
        var templates = await store.Figures.TemplatesAsync(new LogFilter { Text = text }, RunningDashboard.Patience, CancellationToken.None);
        var scannedTemplates = await store.Figures.TemplatesAsync(new LogFilter { Text = text + " -\"nobody says this\"" }, RunningDashboard.Patience, CancellationToken.None);

        for (var severity = 0; severity <= 24; severity++)
        {
            counted.Counts[severity].ShouldBe(scanned.Counts[severity]);
        }

        templates.Groups.Select(Text).ShouldBe(scannedTemplates.Groups.Select(Text));
    }

    [Fact]
    public async Task Templates_are_counted_with_first_and_last_level_and_spread_and_live_rows()
    {
        await using var store = await OpenAsync();
        await store.AddAsync(
            Samples.Log("Order 1", template: "Order {Id}"),
            Samples.Log("Order 2", "site-8002", template: "Order {Id}") with { Time = Samples.Time.AddHours(2), Severity = 13 },
            Samples.Log("no template"),
            Samples.Log("Order 3", template: "Order {Id}") with { Time = Samples.Time.AddHours(-2) });

        var list = await store.Figures.TemplatesAsync(new LogFilter(), RunningDashboard.Patience, CancellationToken.None);
        var one = await store.Figures.TemplatesAsync(new LogFilter { Text = "template:\"order {id}\"" }, RunningDashboard.Patience, CancellationToken.None);

        list.Groups.Select(group => group.Template).ShouldBe(["Order {Id}", null]);
        var order = list.Groups[0];
        order.Count.ShouldBe(3);
        order.First.ShouldBe(Samples.Time.AddHours(-2));
        order.Last.ShouldBe(Samples.Time.AddHours(2));
        order.Severity.ShouldBe(13);
        order.Instances.ShouldBe(new Dictionary<string, long> { ["site-8001"] = 2, ["site-8002"] = 1 }, ignoreOrder: true);
        one.Groups.ShouldHaveSingleItem().Template.ShouldBe("Order {Id}");
    }

    [Fact]
    public async Task Rows_that_the_catalogue_was_not_told_of_are_counted_at_the_next_start()
    {
        // One segment, so that none is sealed while its files are copied.
        using var copy = new TempFolder();
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Rows(500));
            Copy(copy, "meta.db*");
            await store.AddAsync(Rows(700));
            Copy(copy, "seg-*");
        }

        await using var reborn = await OpenStore.AtAsync(copy.Path);

        (await RowsAsync(reborn)).ShouldBe(1200);
        (await CountsAsync(reborn)).ShouldBe(1200);
    }

    [Fact]
    public async Task Rows_that_were_counted_and_lost_are_not_counted_any_more_after_the_next_start()
    {
        using var copy = new TempFolder();
        var now = TimeProvider.System.GetUtcNow();
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Rows(300).Select(row => row with { Time = now }));
            Copy(copy, "seg-*");
            await store.AddAsync(Rows(200).Select(row => row with { Time = now }));
            Copy(copy, "meta.db*");
        }

        await using var reborn = await OpenStore.AtAsync(copy.Path);

        (await RowsAsync(reborn)).ShouldBe(300);
        (await CountsAsync(reborn)).ShouldBe(300);
        (await reborn.Figures.TemplatesAsync(new LogFilter(), RunningDashboard.Patience, CancellationToken.None)).Groups.Sum(group => group.Count).ShouldBe(300);
    }

    [Fact]
    public async Task A_folder_of_before_there_were_counts_is_counted_once()
    {
        await using (var store = await OpenAsync())
        {
            await store.AddAsync(Rows(1500));
        }

        using (var meta = SqliteFile.OpenForWriting(_folder.File("meta.db")))
        {
            meta.Execute("DROP TABLE roll; DROP TABLE template_roll; DELETE FROM settings WHERE name='rollups'");
        }

        await using (var reborn = await OpenAsync())
        {
            (await CountsAsync(reborn)).ShouldBe(1500);
            await reborn.AddAsync(Rows(10));
        }

        await using var again = await OpenAsync();
        (await CountsAsync(again)).ShouldBe(1510);
    }

    [Fact]
    public async Task A_clock_that_is_far_off_does_not_make_a_minute_of_its_own()
    {
        await using var store = await OpenAsync();

        await store.AddAsync(Rows(200).Select((row, i) => row with { Time = Samples.Time.AddYears(-20).AddDays(i) }));

        using var meta = SqliteFile.OpenForReading(_folder.File("meta.db"));
        meta.ReadNumber("SELECT count(DISTINCT minute) FROM roll").ShouldBeInRange(1, 2);
        meta.ReadNumber("SELECT sum(n) FROM roll").ShouldBe(200);
    }

    [Fact]
    public async Task Counts_of_what_is_cleared_go_and_stay_away_after_an_unclean_stop()
    {
        using var copy = new TempFolder();
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Rows(300).Select(row => row with { Time = TimeProvider.System.GetUtcNow() }));
            var catalogue = store.Store.Catalogue;
            catalogue.Clear(catalogue.ResourcesOf("site", "site-8001"), store.Segments[^1].MaxId);
            (await CountsAsync(store)).ShouldBe(200);
            Copy(copy, "meta.db*");
            Copy(copy, "seg-*");
        }

        await using var reborn = await OpenStore.AtAsync(copy.Path);

        (await RowsAsync(reborn)).ShouldBe(200);
        (await CountsAsync(reborn)).ShouldBe(200);
    }

    [Fact]
    public async Task What_a_second_kill_interrupts_is_counted_at_the_start_after_it()
    {
        using var copy = new TempFolder();
        var now = TimeProvider.System.GetUtcNow();
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Rows(300).Select(row => row with { Time = now }));
            Copy(copy, "meta.db*");
            await store.AddAsync(Rows(200).Select(row => row with { Time = now }));
            Copy(copy, "seg-*");
        }

        // Killed when it had only begun: what is counted anew is out of the counts, and nothing is in its place.
        var recovery = new Recovery(new StorageOptions { Directory = copy.Path }, new StoreStatus(), NullLogger<Recovery>.Instance);
        recovery.Run().Dispose();
        recovery.Counting.ShouldNotBeNull();
        Sum(copy.Path).ShouldBe(0);

        await using var reborn = await OpenStore.AtAsync(copy.Path);

        (await CountsAsync(reborn)).ShouldBe(500);
        (await reborn.Figures.TemplatesAsync(new LogFilter(), RunningDashboard.Patience, CancellationToken.None)).Groups.Sum(group => group.Count).ShouldBe(500);
    }

    [Fact]
    public async Task Rows_that_arrive_while_the_old_ones_are_counted_are_counted_once()
    {
        using var copy = new TempFolder();
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Rows(300));
            Copy(copy, "meta.db*");
            Copy(copy, "seg-*");
        }

        using var catalogue = OpenAfterKill(copy, out var counting);
        using (var readers = new SegmentReaders(copy.Path))
        {
            var segment = new ActiveSegment(new StorageOptions { Directory = copy.Path }, catalogue, readers, TimeProvider.System);
            var id = catalogue.Segments[^1].MaxId;
            foreach (var row in Rows(40))
            {
                var draft = Samples.Draft(row with { Id = ++id });
                segment.Insert(new PendingRow(draft.Row.Id, draft.Resource, draft.Scope, draft.Row));
            }

            segment.Commit();
            segment.Dispose();
        }

        counting.Run(CancellationToken.None);

        Sum(copy.Path).ShouldBe(340);
    }

    [Fact]
    public async Task What_is_cleared_while_it_is_counted_stays_away()
    {
        using var copy = new TempFolder();
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Rows(300));
            Copy(copy, "meta.db*");
            Copy(copy, "seg-*");
        }

        using var catalogue = OpenAfterKill(copy, out var counting);
        var stale = catalogue.Cleared;
        catalogue.Clear(catalogue.ResourcesOf("site", "site-8001"), catalogue.Segments[^1].MaxId);

        catalogue.TryEndRecount(new LogRollups(), stale, "recount", "rollups").ShouldBeFalse();
        counting.Run(CancellationToken.None);

        Sum(copy.Path).ShouldBe(200);
    }

    [Fact]
    public async Task Rows_of_a_clock_that_was_ahead_are_counted_anew_too_after_an_unclean_stop()
    {
        using var copy = new TempFolder();
        var time = new SettableTime(Samples.Time);
        await using (var store = await OpenStore.AtAsync(_folder.Path, time: time))
        {
            await store.AddAsync(Rows(100).Select(row => row with { Time = Samples.Time.AddMinutes(94.5) }));
            time.Now = Samples.Time.AddMinutes(95);
            await store.AddAsync(Rows(50).Select(row => row with { Time = Samples.Time.AddMinutes(95) }));
            Copy(copy, "meta.db*");
            Copy(copy, "seg-*");
        }

        await using var reborn = await OpenStore.AtAsync(copy.Path, time: time);

        (await CountsAsync(reborn)).ShouldBe(150);
        (await reborn.Figures.TemplatesAsync(new LogFilter(), RunningDashboard.Patience, CancellationToken.None)).Groups.Sum(group => group.Count).ShouldBe(150);
    }

    [Fact]
    public async Task Counts_older_than_their_age_go()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using (var store = await OpenAsync())
        {
            await store.AddAsync(Rows(50).Select(row => row with { Time = now.AddDays(-3) }));
            await store.AddAsync(Rows(20).Select(row => row with { Time = now }));
        }

        await using var second = await OpenStore.AtAsync(_folder.Path, options => options with { RollupAge = TimeSpan.FromDays(2) });

        await OpenStore.UntilAsync(() => Sum(_folder.Path) == 20, "old counts to go");
    }

    /// <summary>All counts of a store.</summary>
    internal static async Task<long> CountsAsync(OpenStore store)
    {
        await store.Store.Counted.WaitAsync(RunningDashboard.Patience);
        return Sum(store.Store.Options.Directory);
    }

    internal static async Task<long> RowsAsync(OpenStore store) => (await store.FindAsync(new LogFilter { Limit = 1 })).TotalCount;

    private static Catalogue OpenAfterKill(TempFolder folder, out RollupRecovery counting)
    {
        var recovery = new Recovery(new StorageOptions { Directory = folder.Path }, new StoreStatus(), NullLogger<Recovery>.Instance);
        var catalogue = recovery.Run();
        counting = recovery.Counting ?? throw new InvalidOperationException("Nothing is counted anew.");
        return catalogue;
    }

    private static long Sum(string folder)
    {
        using var meta = SqliteFile.OpenForReading(Path.Combine(folder, "meta.db"));
        return meta.ReadNumber("SELECT sum(n) FROM roll");
    }

    private static Task<LogHistogram> HistogramAsync(OpenStore store, LogFilter filter) => store.Figures.HistogramAsync(
        filter with { From = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero), To = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero) },
        60, RunningDashboard.Patience, CancellationToken.None);

    private static string Text(TemplateGroup group) =>
        $"{group.Template}: {group.Count} {group.First:O} {group.Last:O} {group.Severity} {string.Join(',', group.Instances.OrderBy(one => one.Key).Select(one => $"{one.Key}={one.Value}"))}";

    private static IEnumerable<LogRow> Rows(int count) => Enumerable.Range(0, count).Select(i => Samples.Log(
        $"Order {i}", $"site-{8001 + (i % 3)}", new[] { 0, 9, 9, 13, 17 }[i % 5], template: i % 7 == 0 ? null : $"Order {{Id}} of {i % 4}") with
    {
        Time = Samples.Time.AddSeconds(i % 1200),
    });

    private Task<OpenStore> OpenAsync() => OpenStore.AtAsync(_folder.Path, options => options with { SegmentBytes = 200_000 });

    private void Copy(TempFolder target, string pattern)
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path, pattern))
        {
            File.Copy(file, target.File(Path.GetFileName(file)), overwrite: true);
        }
    }
}
