using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries;

public sealed class SegmentAccessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_segment_held_that_was_deleted_meanwhile_is_missing_and_the_answer_says_so()
    {
        await using (var filled = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 }))
        {
            foreach (var n in Enumerable.Range(1, 3))
            {
                await filled.AddAsync(Samples.Log($"row {n}"));
                await filled.AddAsync(Samples.Span(n, $"span {n}"));
            }
        }

        await using var store = await OpenStore.AtAsync(_folder.Path);
        File.Delete(_folder.File(store.Segments.First(s => s.Logs > 0).File));
        File.Delete(_folder.File(store.Segments.First(s => s.Spans > 0).File));

        var newest = await store.FindAsync(new LogFilter { MinSeverity = 1 });
        (newest.IsPartial, string.Join(", ", newest.Rows.Select(r => r.Body))).ShouldBe((true, "row 2, row 3"));
        var oldest = await store.FindAsync(new LogFilter { MinSeverity = 1, AfterId = 0 });
        (oldest.IsPartial, string.Join(", ", oldest.Rows.Select(r => r.Body))).ShouldBe((true, "row 2, row 3"));
        var traces = await store.Traces.FindAsync(new TraceFilter(), CancellationToken.None);
        (traces.IsPartial, traces.Traces.Count).ShouldBe((true, 2));
    }

    [Fact]
    public async Task A_segment_that_somebody_waits_to_close_can_be_read_again_by_the_query_that_reads_it()
    {
        SegmentFile.Open(_folder.File("a"), 0).Dispose();
        using var readers = new SegmentReaders(_folder.Path);
        var access = new SegmentAccess(readers, CancellationToken.None);
        var closing = Task.CompletedTask;
        var looks = 0;

        var reading = Task.Run(() => access.Read("a", outer =>
        {
            closing = Task.Run(() => readers.Close("a").Dispose());
            SpinWait.SpinUntil(() => readers.IsClosing("a"), RunningDashboard.Patience).ShouldBeTrue();
            access.Read("a", inner => looks += ReferenceEquals(inner, outer) ? 1 : 0).ShouldBeTrue();
        }));

        await reading.WaitAsync(RunningDashboard.Patience);
        await closing.WaitAsync(RunningDashboard.Patience);
        (looks, access.IsPartial).ShouldBe((1, false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_narrow_range_is_looked_for_where_its_rows_can_be_and_clocks_that_are_ahead_lose_nothing(bool isKept)
    {
        var time = new SettableTime(Samples.Time);
        await using (var filled = await OpenStore.AtAsync(_folder.Path, time: time))
        {
            foreach (var minute in Enumerable.Range(0, 10))
            {
                time.Now = Samples.Time.AddMinutes(minute);
                await filled.AddAsync(Samples.Log($"on time {minute}") with { Time = time.Now }, Samples.Log($"ahead {minute}", "site-8002") with { Time = time.Now.AddMinutes(5) });
            }
        }

        if (!isKept)
        {
            // As an earlier version left it.
            using var file = SqliteFile.OpenForWriting(_folder.File("meta.db"));
            file.Execute("ALTER TABLE segments DROP COLUMN max_ahead");
        }

        await using var store = await OpenStore.AtAsync(_folder.Path, time: time);
        var wanted = new LogFilter { From = Samples.Time.AddMinutes(8), To = Samples.Time.AddMinutes(8.5) };

        (await store.FindAsync(wanted)).Rows.Select(r => r.Body).ShouldBe(["ahead 3", "on time 8"]);
        var segment = store.Segments.Single(s => s.Logs > 0);
        using var reader = SegmentReader.Open(_folder.File(segment.File));
        reader.Cleared = ClearedMarks.None;
        var conditions = LogConditions.Of(wanted, reader, segment.MaxId, segment)!;
        conditions.Where.Contains("id>=?", StringComparison.Ordinal).ShouldBe(segment.MaxAhead is not null);
        if (isKept)
        {
            TimeSpan.FromTicks(segment.MaxAhead!.Value).ShouldBe(TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(1));
        }
    }
}
