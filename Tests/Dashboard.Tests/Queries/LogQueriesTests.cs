using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries;

/// <summary>Twenty thousand rows over several segments, asked in every way.</summary>
public sealed class LogQueriesTests(LogQueriesTests.Filled filled) : IClassFixture<LogQueriesTests.Filled>
{
    private const int Count = 20_000;

    private OpenStore Store => filled.Store!;

    [Fact]
    public async Task Without_a_filter_the_newest_rows_come_oldest_first()
    {
        var page = await Store.FindAsync();

        page.Rows.Count.ShouldBe(200);
        page.Rows[^1].Body.ShouldStartWith("Request 19999 ");
        page.Rows[0].Body.ShouldStartWith("Request 19800 ");
        page.TotalCount.ShouldBe(Count);
        page.HasOlder.ShouldBeTrue();
        page.HasNewer.ShouldBeFalse();
        page.IsPartial.ShouldBeFalse();
        Store.Segments.Count.ShouldBeGreaterThan(3);
    }

    private static readonly Dictionary<string, LogFilter> Filters = new()
    {
        ["instance"] = new LogFilter { Resources = ["site-8002"] },
        ["service"] = new LogFilter { Resources = ["SITE"] },
        ["two instances"] = new LogFilter { Resources = ["site-8001", "site-8003"] },
        ["display name"] = new LogFilter { Resources = ["worker-w1"] },
        ["unknown"] = new LogFilter { Resources = ["nobody"] },
        ["warnings"] = new LogFilter { MinSeverity = 13 },
        ["errors"] = new LogFilter { MinSeverity = 17 },
        ["critical"] = new LogFilter { MinSeverity = 21 },
        ["word"] = new LogFilter { Text = "REQUEST 77" },
        ["phrase and not"] = new LogFilter { Text = "\"to /home\" -5 -\"status 2\"" },
        ["like's own characters"] = new LogFilter { Text = "100%_\\" },
        ["trace"] = new LogFilter { TraceId = Trace(4200) },
        ["trace by prefix"] = new LogFilter { TraceId = Trace(4200)[..7].ToUpperInvariant() },
        ["trace by long prefix"] = new LogFilter { TraceId = Trace(4200)[..30] },
        ["trace prefix that is too short"] = new LogFilter { TraceId = Trace(4200)[..6] },
        ["everything together"] = new LogFilter { Resources = ["site"], MinSeverity = 9, Text = "request -3", TraceId = Trace(4200)[..8] },
    };

    public static TheoryData<string> FilterNames => [.. Filters.Keys];

    [Theory]
    [MemberData(nameof(FilterNames))]
    public async Task Stored_rows_and_live_rows_match_alike(string name)
    {
        var filter = Filters[name];
        var expected = filled.Rows.Where(filter.Matches).ToList();

        var page = await Store.FindAsync(filter with { Limit = 50, CountUpTo = long.MaxValue });

        page.TotalCount.ShouldBe(expected.Count, name);
        page.Rows.ShouldBe(expected.TakeLast(50), name);
        page.HasOlder.ShouldBe(expected.Count > 50, name);
    }

    [Fact]
    public async Task Pages_go_back_and_forth_without_gap_or_repetition()
    {
        var filter = new LogFilter { Resources = ["site-8002"], Limit = 700 };
        var back = new List<LogRow>();
        var page = await Store.FindAsync(filter);
        back.InsertRange(0, page.Rows);
        while (page.HasOlder)
        {
            page = await Store.FindAsync(filter with { BeforeId = page.Rows[0].Id });
            back.InsertRange(0, page.Rows);
            page.HasNewer.ShouldBeTrue();
        }

        var forth = new List<LogRow>();
        page = await Store.FindAsync(filter with { AfterId = 0 });
        forth.AddRange(page.Rows);
        while (page.HasNewer)
        {
            page = await Store.FindAsync(filter with { AfterId = page.Rows[^1].Id });
            forth.AddRange(page.Rows);
        }

        var expected = filled.Rows.Where(filter.Matches).ToList();
        back.ShouldBe(expected);
        forth.ShouldBe(expected);
        page.UpToId.ShouldBe(filled.Rows[^1].Id);
    }

    [Fact]
    public async Task A_range_between_two_rows_is_its_newest_part()
    {
        var filter = new LogFilter { AfterId = filled.Rows[99].Id, BeforeId = filled.Rows[9999].Id, Limit = 10 };

        var page = await Store.FindAsync(filter);

        page.Rows.ShouldBe(filled.Rows[9989..9999]);
        page.TotalCount.ShouldBe(Count);
    }

    [Fact]
    public async Task A_query_that_is_cancelled_says_so()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Store.Queries.FindAsync(new LogFilter(), cancelled.Token));
    }

    [Theory]
    [InlineData(3_000, 3_000, false)]
    [InlineData(20_001, 20_000, true)]
    [InlineData(long.MaxValue, 20_000, true)]
    public async Task Counting_ends_where_it_is_told_to_and_says_so(long most, int total, bool isCounted)
    {
        var page = await Store.FindAsync(new LogFilter { Text = "request", Limit = 10, CountUpTo = most });

        (page.TotalCount, page.IsCounted, page.IsPartial).ShouldBe((total, isCounted, false));
    }

    [Fact]
    public async Task Counting_can_be_left_out()
    {
        (await Store.FindAsync(new LogFilter { Text = "request", Limit = 10, CountUpTo = 0 })).TotalCount.ShouldBe(10);
    }

    [Fact]
    public async Task Rows_are_found_before_they_are_committed()
    {
        using var folder = new TempFolder();
        await using var store = await OpenStore.AtAsync(folder.Path);
        var batch = new TelemetryBatch();
        batch.Add(Samples.Draft(Samples.Log("just now")));
        store.Budget.TryTake(1, batch.Bytes);

        store.Store.Add(batch);
        await OpenStore.UntilAsync(() => store.Ring.After(0).Rows.Count == 1, "the row");

        var page = await store.FindAsync();
        page.Rows.Single().Body.ShouldBe("just now");
        page.TotalCount.ShouldBe(1);
        page.UpToId.ShouldBe(page.Rows[0].Id);
    }

    private static string Trace(int i) => $"{i % 100:x2}{i * 7919:x14}{i * 104729L:x16}";

    [Theory]
    [InlineData("status 500")]
    [InlineData("100%_\\ done")]
    [InlineData("nobody says this")]
    public async Task A_search_without_patience_tells_how_far_it_came_and_goes_on_from_there(string text)
    {
        var filter = new LogFilter { Text = $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal)}\"", Limit = 100 };
        var expected = filled.Rows.Where(filter.Matches).Reverse().Select(row => row.Id).ToList();

        var found = new List<long>();
        var steps = 0;
        for (long? before = null; steps == 0 || before is not null; steps++)
        {
            steps.ShouldBeLessThan(1000);
            var page = await Store.Queries.FindAsync(filter with { BeforeId = before }, CancellationToken.None, TimeSpan.Zero);
            page.IsPartial.ShouldBeFalse();
            found.AddRange(page.Rows.Reverse().Select(row => row.Id));
            before = page.SearchedTo ?? (page.HasOlder ? page.Rows[0].Id : null);
        }

        found.ShouldBe(expected);
        steps.ShouldBeGreaterThan(1);
    }

    public sealed class Filled : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        internal OpenStore? Store { get; private set; }

        internal LogRow[] Rows { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1_000_000, RingRows = 30_000 });
            await Store.AddAsync(Enumerable.Range(0, Count).Select(Row));
            // What the writer published is what must be found.
            Rows = [.. Store.Ring.After(0).Rows];
            Rows.Length.ShouldBe(Count);
        }

        public async ValueTask DisposeAsync()
        {
            await Store!.DisposeAsync();
            _folder.Dispose();
        }

        private static LogRow Row(int i)
        {
            var body = $"Request {i} to /Home took {i % 50} ms, status {(i % 97 == 0 ? 500 : 200)}{(i % 1000 == 0 ? " 100%_\\ done" : "")}";
            var severity = (i % 97) switch { 0 => 17, 1 => 13, 2 => 21, 3 => 5, _ => 9 };
            return i % 11 == 0
                ? Samples.Log(body, "w1", severity, service: "worker")
                : Samples.Log(body, $"site-800{1 + (i % 4)}", severity, i % 3 == 0 ? Trace(i) : null, template: "Request {Id}");
        }
    }
}
