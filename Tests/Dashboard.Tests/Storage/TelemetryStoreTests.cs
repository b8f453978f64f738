using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class TelemetryStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_stored_is_there_after_a_restart()
    {
        LogRow before;
        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            await store.AddAsync(Samples.Log("hello", traceId: "0af7651916cd43dd8448eb211c80319c", template: "hell{x}", attributes: """{"n":5,"r":5.0}"""));
            before = (await store.FindAsync()).Rows.Single();
        }

        await using (var store = await OpenStore.AtAsync(_folder.Path))
        {
            (await store.FindAsync()).Rows.Single().ShouldBe(before);
            store.Queries.Resources().ShouldBe([new TelemetryResource("site", "site-8001", "site-8001", true, false, false)]);
            store.Segments.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Folder_and_files_are_for_their_owner_only()
    {
        await using var store = await OpenStore.AtAsync(_folder.File("telemetry"));
        await store.AddAsync(Samples.Log("hello"));

        File.GetUnixFileMode(_folder.File("telemetry")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(_folder.File("telemetry")))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task A_second_dashboard_on_the_same_folder_is_refused_and_told_who_has_it()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);

        var refused = await Should.ThrowAsync<StartException>(() => OpenStore.AtAsync(_folder.Path));

        refused.Message.ShouldBe($"The data folder '{_folder.Path}' is in use by process {Environment.ProcessId}. Stop that dashboard, or set 'Dashboard:Storage:Directory' to another folder.");
    }

    [Fact]
    public async Task All_signals_are_in_the_same_segment()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        var draft = Samples.Draft(Samples.Log("hello"));
        var batch = new TelemetryBatch();
        batch.Add(draft);
        batch.Add(new SpanDraft(draft.Resource, draft.Scope, new SpanRow
        {
            TraceId = new string('a', 32), SpanId = new string('b', 16), Name = "GET /", Kind = 2, Start = Samples.Time, DurationNanoseconds = 5, HttpStatus = 200,
        }));
        var series = new SeriesInfo(new ScopeInfo("meter", "1"), "requests", "{request}", "sum:cumulative", "{}");
        PointDraft Point(int second, double value) => new(draft.Resource, series, new PointRow { Time = Samples.Time.AddSeconds(second), Real = value, Progress = value });
        batch.Add(Point(0, 1));
        batch.Add(Point(5, 1));
        batch.Add(Point(10, 2));
        batch.Add(Point(15, 2));
        batch.Add(Point(70, 2));
        batch.Add(new PointDraft(draft.Resource, series with { Name = "duration" }, new PointRow { Time = Samples.Time, Histogram = [1, 2, 3], Progress = 1 }));

        await store.AddAsync(batch);

        // A value that did not change is written again after a minute only.
        store.Segments.Single().ShouldSatisfyAllConditions(
            s => s.Logs.ShouldBe(1), s => s.Spans.ShouldBe(1), s => s.Points.ShouldBe(4), s => s.MinTs.ShouldBe(UnixTicks.Of(Samples.Time)),
            s => s.MaxTs.ShouldBe(UnixTicks.Of(Samples.Time.AddSeconds(70))));
        store.Queries.Resources().ShouldBe([new TelemetryResource("site", "site-8001", "site-8001", true, true, true)]);
        using var file = SqliteFile.OpenForReading(_folder.File(store.Segments[0].File));
        file.ReadText("SELECT group_concat(t || '=' || typeof(value), ' ') FROM (SELECT * FROM points ORDER BY series, t)")!.Split(' ').Length.ShouldBe(4);
        file.ReadNumber("SELECT http_status FROM spans WHERE entry=1").ShouldBe(200);
        file.ReadText("SELECT r.display FROM series s JOIN resources r ON r.id=s.res WHERE s.name='duration'").ShouldBe("site-8001");
    }

    [Fact]
    public async Task A_full_segment_is_sealed_and_the_next_one_goes_on()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 100_000 });

        for (var i = 0; i < 4; i++)
        {
            await store.AddAsync(Rows(500, $"batch {i}"));
            await OpenStore.UntilAsync(() => store.Segments[^1].Logs == 0, "the roll");
        }

        await OpenStore.UntilAsync(() => store.Segments.SkipLast(1).All(s => s.IsSealed), "the seal");
        store.Segments.Count.ShouldBe(5);
        foreach (var segment in store.Segments.SkipLast(1))
        {
            File.GetUnixFileMode(_folder.File(segment.File)).ShouldBe(UnixFileMode.UserRead);
            File.Exists(_folder.File(segment.File) + "-wal").ShouldBeFalse();
        }

        var page = await store.FindAsync(new LogFilter { Limit = 5000 });
        page.Rows.Count.ShouldBe(2000);
        page.Rows.Select(row => row.Id).ShouldBeInOrder();
    }

    [Fact]
    public async Task Sealing_waits_for_readers_and_they_find_everything()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 100_000 });
        using var stop = new CancellationTokenSource();
        var found = 0;
        var reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var page = await store.FindAsync(new LogFilter { Limit = 1, Text = "batch" });
                page.IsPartial.ShouldBeFalse();
                found++;
            }
        });

        for (var i = 0; i < 20; i++)
        {
            await store.AddAsync(Rows(400, $"batch {i}"));
        }

        await OpenStore.UntilAsync(() => store.Segments.SkipLast(1).All(s => s.IsSealed), "the seal");
        await stop.CancelAsync();
        await reading.WaitAsync(RunningDashboard.Patience);
        found.ShouldBeGreaterThan(0);
        (await store.FindAsync(new LogFilter { Text = "batch" })).TotalCount.ShouldBe(8000);
    }

    [Fact]
    public async Task The_oldest_segments_go_when_there_are_too_many_bytes()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 200_000, MaxBytes = 1_200_000 });

        for (var i = 0; i < 20; i++)
        {
            await store.AddAsync(Rows(1000, $"batch {i}"));
            await OpenStore.UntilAsync(() => store.Segments[^1].Logs == 0, "the roll");
        }

        // A file goes a moment before the catalogue knows, and the next one may go while this reads.
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        var page = await store.FindAsync(new LogFilter { Limit = 5000 });
        while (store.Segments.Sum(s => s.Bytes) > 1_200_000 || page.TotalCount != store.Segments.Sum(s => s.Logs))
        {
            late.Token.ThrowIfCancellationRequested();
            page = await store.FindAsync(new LogFilter { Limit = 5000 });
        }

        page.TotalCount.ShouldBeInRange(1, 19_000);
        page.Rows[^1].Body.ShouldStartWith("batch 19");
        (await store.FindAsync(new LogFilter { Text = "\"batch 0 \"" })).TotalCount.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_too_old_goes_and_with_it_the_instance_that_sent_it()
    {
        var time = new SettableTime();
        await using (var store = await OpenStore.AtAsync(_folder.Path, time: time))
        {
            await store.AddAsync(Samples.Log("old", "site-8001"));
            time.Now += TimeSpan.FromHours(7);
            await OpenStore.UntilAsync(() => store.Segments.Count == 2, "the roll");
            await store.AddAsync(Samples.Log("new", "site-8002"));
            store.Queries.Resources().Count.ShouldBe(2);
        }

        time.Now += TimeSpan.FromDays(6.9);
        await using (var store = await OpenStore.AtAsync(_folder.Path, time: time))
        {
            await OpenStore.UntilAsync(() => store.Queries.Resources() is [{ DisplayName: "site-8002" }], "retention");
            (await store.FindAsync()).Rows.Single().Body.ShouldBe("new");
        }
    }

    [Fact]
    public async Task A_clock_that_is_set_back_between_two_starts_keeps_the_order_of_arrival()
    {
        var time = new SettableTime();
        await using (var store = await OpenStore.AtAsync(_folder.Path, time: time))
        {
            await store.AddAsync(Samples.Log("first"));
        }

        time.Now -= TimeSpan.FromDays(1);
        await using (var store = await OpenStore.AtAsync(_folder.Path, time: time))
        {
            await store.AddAsync(Samples.Log("second"));
            (await store.FindAsync()).Rows.Select(row => row.Body).ShouldBe(["first", "second"]);
        }
    }

    [Fact]
    public async Task More_senders_templates_and_series_than_a_segment_may_hold_are_counted_as_other()
    {
        using var readers = new SegmentReaders(_folder.Path);
        using var catalogue = Catalogue.Open(_folder.File("meta.db"));
        using var segment = new ActiveSegment(
            new StorageOptions { Directory = _folder.Path }, catalogue, readers, TimeProvider.System, new NumberingCaps(Resources: 2, Templates: 1));

        for (var i = 0; i < 4; i++)
        {
            var draft = Samples.Draft(Samples.Log("x", $"site-800{i}", template: $"t{i}"));
            segment.Insert(new PendingRow(i + 1, draft.Resource, draft.Scope, draft.Row with { Id = i + 1 }));
        }

        segment.Commit().ShouldBe(5);
        catalogue.Segments.Single().Resources.Keys.Select(id => catalogue.Resource(id)!.DisplayName).ShouldBe(["site-8000", "site-8001", "other"], ignoreOrder: true);
        await Task.CompletedTask;
    }

    private static IEnumerable<LogRow> Rows(int count, string text) => Enumerable.Range(0, count).Select(i => Samples.Log($"{text} row {i} {new string('x', 150)}"));
}
