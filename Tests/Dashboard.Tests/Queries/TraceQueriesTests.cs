using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries;

public sealed class TraceQueriesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("errors=true")]
    [InlineData("resource=nginx")]
    public async Task Paging_shows_each_trace_once_while_more_arrive(string filter)
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 });
        for (var n = 1; n <= 60; n += 20)
        {
            await store.AddAsync(Enumerable.Range(n, 20).SelectMany(Request));
        }

        store.Segments.Count.ShouldBeGreaterThan(1);
        List<string> seen = [];
        TraceCursor? next = null;
        var number = 61;
        do
        {
            var page = await store.Traces.FindAsync(TraceFilterTests.FilterOf(filter) with { Limit = 13, Before = next }, CancellationToken.None);
            seen.AddRange(page.Traces.Select(trace => trace.Id));
            next = TraceCursor.Parse(page.Next?.ToString());

            // New traces, and more of one that has not been shown yet.
            await store.AddAsync(Request(number++).Append(Samples.Span(3, "late", "nginx", status: 2, service: "nginx")));
        }
        while (next is not null);

        seen.ShouldBe(Enumerable.Range(1, 60).Reverse().Select(n => n.ToString("x32")));

        static IEnumerable<SpanDraft> Request(int n) =>
            [Samples.Span(n, "inner", status: 2, parent: "00000000000000ff"), Samples.Span(n, "outer", "nginx", status: 2, service: "nginx")];
    }

    [Theory]
    [InlineData(false, "errors=true")]
    [InlineData(true, "errors=true")]
    [InlineData(false, "resource=nginx")]
    [InlineData(true, "resource=nginx")]
    public async Task An_error_is_found_that_is_not_in_the_segment_of_the_span_that_entered(bool errorFirst, string filter)
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 });
        SpanDraft[] failed = [Samples.Span(1, "SELECT", kind: 3, status: 2, parent: "00000000000000ff"), Samples.Span(2, "SELECT", kind: 3, parent: "00000000000000ff")];
        SpanDraft[] entered = [Samples.Span(1, "GET", "nginx", milliseconds: 30, service: "nginx"), Samples.Span(2, "GET", "nginx", milliseconds: 40, service: "nginx")];
        await store.AddAsync(errorFirst ? failed : entered);
        await store.AddAsync(errorFirst ? entered : failed);
        await store.AddAsync(Samples.Span(3, "GET"));
        store.Segments.Count(s => s.Spans > 0).ShouldBe(3);
        var wanted = TraceFilterTests.FilterOf(filter) with { HasError = true };

        foreach (var byDuration in new[] { false, true })
        {
            var page = await store.Traces.FindAsync(wanted with { ByDuration = byDuration }, CancellationToken.None);
            page.Traces.Select(trace => trace.Id).ShouldBe([1.ToString("x32")], $"by duration: {byDuration}");
            page.IsPartial.ShouldBeFalse();
        }

        (await store.Traces.CountAsync(wanted, LogFilter.Many, CancellationToken.None)).ShouldBe((1, false));
        (await store.Traces.FindAsync(wanted with { HasError = false }, CancellationToken.None)).Traces.Select(trace => trace.Id).ShouldNotContain(1.ToString("x32"));
    }

    [Fact]
    public async Task Failed_traces_over_two_segments_are_on_one_page_each()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 });
        await store.AddAsync(Enumerable.Range(1, 30).Select(n => Samples.Span(n, "SELECT", kind: 3, status: 2, parent: "00000000000000ff")));
        await store.AddAsync(Enumerable.Range(1, 30).SelectMany(n => new[] { Samples.Span(n, "again", kind: 3, status: 2, parent: "00000000000000fe"), Samples.Span(n, "GET", "nginx", service: "nginx") }));
        List<string> seen = [];
        TraceCursor? next = null;
        do
        {
            var page = await store.Traces.FindAsync(new TraceFilter { HasError = true, Limit = 7, Before = next }, CancellationToken.None);
            seen.AddRange(page.Traces.Select(trace => trace.Id));
            next = page.Next;
        }
        while (next is not null);

        seen.ShouldBe(Enumerable.Range(1, 30).Reverse().Select(n => n.ToString("x32")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trace_over_three_segments_is_one_in_lists_counts_samples_and_in_full(bool errorFirst)
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 });
        SpanDraft failed = Samples.Span(1, "SELECT", kind: 3, status: 2, parent: "00000000000000bb");
        SpanDraft middle = Samples.Span(1, "call", kind: 3, parent: "00000000000000aa", id: "00000000000000bb");
        SpanDraft entered = Samples.Span(1, "GET", "nginx", milliseconds: 30, service: "nginx", id: "00000000000000aa");
        foreach (var span in errorFirst ? new[] { failed, middle, entered } : [entered, middle, failed])
        {
            await store.AddAsync(span);
            await OpenStore.UntilAsync(() => store.Segments[^1].Spans == 0, "the next segment");
        }

        await store.AddAsync(Samples.Span(2, "GET"));
        store.Segments.Count(s => s.Spans > 0).ShouldBe(4);

        foreach (var byDuration in new[] { false, true })
        {
            var page = await store.Traces.FindAsync(new TraceFilter { HasError = true, ByDuration = byDuration }, CancellationToken.None);
            var trace = page.Traces.ShouldHaveSingleItem($"by duration: {byDuration}");
            (trace.Id, trace.Spans.Count).ShouldBe((1.ToString("x32"), 3));
        }

        (await store.Traces.CountAsync(new TraceFilter { HasError = true }, LogFilter.Many, CancellationToken.None)).ShouldBe((1, false));
        (await store.Traces.SampleAsync(new TraceFilter { HasError = true }, CancellationToken.None)).Entries.Select(entry => entry.Instance).ShouldBe(["nginx"]);
        (await store.Traces.SampleAsync(new TraceFilter { HasError = false }, CancellationToken.None)).Entries.Select(entry => entry.Trace.ToString()).ShouldBe([2.ToString("x32")]);
        (await store.Traces.SampleAsync(new TraceFilter(), CancellationToken.None)).Entries.Count.ShouldBe(2);
        (await store.Traces.FindAsync(1.ToString("x32"), Samples.Time, CancellationToken.None))!.Spans.Count.ShouldBe(3);
        List<string> listed = [];
        TraceCursor? next = null;
        do
        {
            var page = await store.Traces.FindAsync(new TraceFilter { Limit = 1, Before = next }, CancellationToken.None);
            listed.AddRange(page.Traces.Select(trace => trace.Id));
            next = page.Next;
        }
        while (next is not null);

        listed.ShouldBe([2.ToString("x32"), 1.ToString("x32")]);
    }

    [Fact]
    public async Task What_is_far_from_a_trace_is_looked_for_along_its_spans_and_else_the_answer_says_that_it_was_not()
    {
        var clock = new SettableTime();
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 }, clock);
        var spans = new[]
        {
            Samples.Span(1, "import", milliseconds: 1_800_000, id: "00000000000000aa"),
            Samples.Span(1, "part", at: 1_700_000, kind: 1, parent: "00000000000000aa"),
            Samples.Span(1, "end", at: 2_300_000, kind: 1, parent: "00000000000000aa"),
            Samples.Span(1, "mail, much later", at: 7_200_000, kind: 1, parent: "00000000000000aa"),
        };
        foreach (var (span, minutes) in spans.Zip([0, 29, 39, 120]))
        {
            clock.Now = Samples.Time.AddMinutes(minutes);
            await store.AddAsync(span);
            await OpenStore.UntilAsync(() => store.Segments[^1].Spans == 0, "the next segment");
        }

        var around = await store.Traces.FindAsync(1.ToString("x32"), Samples.Time, CancellationToken.None);
        var all = await store.Traces.FindAsync(1.ToString("x32"), null, CancellationToken.None);

        (around!.Spans.Count, around.IsNarrow).ShouldBe((3, true));
        (all!.Spans.Count, all.IsNarrow).ShouldBe((4, false));
    }

    [Fact]
    public async Task Longest_first_goes_by_the_longest_part_of_each_trace_and_pages_without_gaps()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Enumerable.Range(1, 30).SelectMany(n => new[] { Samples.Span(n, "inner", milliseconds: n % 10 * 10, parent: "00000000000000ff"), Samples.Span(n, "outer", "nginx", milliseconds: (n % 10 * 10) + 5, service: "nginx") }));

        List<string> seen = [];
        TraceCursor? next = null;
        do
        {
            var page = await store.Traces.FindAsync(new TraceFilter { ByDuration = true, Limit = 7, Before = next }, CancellationToken.None);
            seen.AddRange(page.Traces.Select(trace => trace.Id));
            next = page.Next;
            await store.AddAsync(Samples.Span(100 + seen.Count, "new", milliseconds: 60));
        }
        while (next is not null);

        seen.ShouldBe(Enumerable.Range(1, 30).OrderByDescending(n => n % 10).ThenByDescending(n => n).Select(n => n.ToString("x32")));
    }

    [Fact]
    public async Task What_arrived_after_a_row_comes_oldest_first()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Samples.Span(1, "one"), Samples.Span(2, "two"));
        var known = (await store.Traces.FindAsync(new TraceFilter(), CancellationToken.None)).UpToId;
        await store.AddAsync(Samples.Span(3, "three"), Samples.Span(4, "four"), Samples.Span(5, "five"));

        var first = await store.Traces.FindAsync(new TraceFilter { AfterId = known, Limit = 2 }, CancellationToken.None);
        var rest = await store.Traces.FindAsync(new TraceFilter { AfterId = first.UpToId, Limit = 2 }, CancellationToken.None);

        (Names(first), Names(rest)).ShouldBe(("three,four", "five"));
    }

    [Fact]
    public async Task A_trace_whose_time_is_known_opens_only_the_segments_around()
    {
        var clock = new SettableTime();
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 }, clock);
        for (var hour = 0; hour < 6; hour++)
        {
            clock.Now = Samples.Time.AddHours(hour);
            await store.AddAsync(Samples.Span(hour + 1, "old", at: hour * 3_600_000, id: "00000000000000aa"));
            await OpenStore.UntilAsync(() => store.Segments[^1].Spans == 0, "the next segment");
        }

        clock.Now = Samples.Time.AddHours(6);
        await store.AddAsync(Samples.Span(1, "late child", at: 6 * 3_600_000, kind: 1, parent: "00000000000000aa"));
        using var readers = new SegmentReaders(_folder.Path);
        var around = Samples.Time.AddHours(3);

        await OpenStore.UntilAsync(() => !File.Exists(_folder.File(store.Segments[0].File + "-wal")), "the first segment to be closed");
        Spoil(store.Segments[0].File);
        var near = Read(4, around);
        var anywhere = Read(4, null);
        var lost = Read(2, around);
        var incomplete = Read(1, Samples.Time.AddHours(6));

        (near.Spans.Count, near.IsPartial).ShouldBe((1, false));
        (anywhere.Spans.Count, anywhere.IsPartial).ShouldBe((1, true));
        lost.Spans.Count.ShouldBe(1, "far from the given time it is found all the same");
        incomplete.IsPartial.ShouldBeTrue("a missing parent is looked for everywhere");

        StoredTrace Read(int trace, DateTimeOffset? time) =>
            new TraceReader([.. store.Segments], new SegmentAccess(readers, CancellationToken.None)).Read(trace.ToString("x32"), time);
    }

    [Fact]
    public async Task A_trace_of_too_many_spans_is_cut_and_says_so()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Enumerable.Range(0, TraceReader.MaxSpans + 1).Select(n => Samples.Span(1, "many", at: n)));
        await store.AddAsync(Enumerable.Range(0, TraceReader.MaxSpans).Select(n => Samples.Span(2, "enough", at: n)));

        var many = await store.Traces.FindAsync(1.ToString("x32"), null, CancellationToken.None);
        var enough = await store.Traces.FindAsync(2.ToString("x32"), null, CancellationToken.None);

        (many!.Spans.Count, many.IsCut, enough!.Spans.Count, enough.IsCut).ShouldBe((2000, true, 2000, false));
    }

    [Fact]
    public async Task A_span_that_was_sent_twice_is_there_once()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Samples.Span(1, "one", id: "00000000000000aa"));
        await store.AddAsync(Samples.Span(1, "one", id: "00000000000000aa"), Samples.Span(1, "other", "site-8002", id: "00000000000000aa"));

        (await store.Traces.FindAsync(1.ToString("x32"), null, CancellationToken.None))!.Spans.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_sample_of_few_holds_them_all_and_of_many_is_fair_to_every_sender()
    {
        await using var store = await OpenStore.AtAsync(_folder.Path);
        await store.AddAsync(Enumerable.Range(1, 500).Select(n => Samples.Span(n, "few", at: n, milliseconds: n, service: "small")));
        var few = await store.Traces.SampleAsync(new TraceFilter(), CancellationToken.None);

        // Batches by sender, one after the other, as exporters send them.
        for (var batch = 0; batch < 8; batch++)
        {
            var instance = $"site-800{batch % 4}";
            await store.AddAsync(Enumerable.Range(1, 10_000).Select(n => Samples.Span(1000 + (batch * 10_000) + n, "many", instance, at: n, milliseconds: n / 100.0)));
        }

        var many = await store.Traces.SampleAsync(new TraceFilter(), CancellationToken.None);
        var rare = await store.Traces.SampleAsync(new TraceFilter { Resources = ["small"], Route = "few" }, CancellationToken.None);

        (few.Entries.Count, few.IsComplete).ShouldBe((500, true));
        (rare.Entries.Count, rare.IsComplete).ShouldBe((500, true));
        many.IsComplete.ShouldBeFalse();
        many.Entries.Count.ShouldBeInRange(7_000, 15_000);
        var bySender = many.Entries.Where(entry => entry.Name == "many").GroupBy(entry => entry.Instance).Select(group => group.Count()).ToList();
        bySender.Count.ShouldBe(4);
        bySender.Max().ShouldBeLessThan(bySender.Min() * 13 / 10);
        var sorted = many.Entries.Where(entry => entry.Name == "many").Select(entry => entry.Milliseconds).Order().ToList();
        sorted[sorted.Count / 2].ShouldBeInRange(47, 53);
        sorted[sorted.Count * 95 / 100].ShouldBeInRange(93, 97);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(1000, 30)]
    public async Task Counting_traces_and_spans_ends_where_it_is_told_to(int most, int expected)
    {
        await using var store = await OpenStore.AtAsync(_folder.Path, o => o with { SegmentBytes = 1 });
        await store.AddAsync(Enumerable.Range(1, 5).Select(n => Samples.Span(n, "one")));
        await store.AddAsync(Enumerable.Range(6, 25).Select(n => Samples.Span(n, "two")));

        (await store.Traces.CountAsync(new TraceFilter(), most, CancellationToken.None)).ShouldBe((expected, false));
        using var readers = new SegmentReaders(_folder.Path);
        foreach (var text in new[] { null, "-nobody" })
        {
            var page = new SpanSearch(new SpanFilter { Limit = 3, Text = text, CountUpTo = most }, [.. store.Segments], readers, CancellationToken.None).Run();
            (page.Spans.Count, page.TotalCount, page.IsCounted).ShouldBe((3, expected, most > 30));
        }
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("9223372036854775807.1.5")]
    public void A_cursor_survives_its_way_through_a_link(string text) => TraceCursor.Parse(text)!.ToString().ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1")]
    [InlineData("1.x")]
    [InlineData("1.-2")]
    [InlineData("1.2.3.4")]
    public void What_is_no_cursor_is_none(string? text) => TraceCursor.Parse(text).ShouldBeNull();

    internal static string Names(FoundTraces found) => string.Join(',', found.Traces.Select(trace => trace.Spans[0].Row.Name));

    /// <summary>The file can be opened, but not read.</summary>
    private void Spoil(string file)
    {
        File.SetUnixFileMode(_folder.File(file), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var stream = File.OpenWrite(_folder.File(file));
        stream.Position = 4096;
        stream.Write([.. Enumerable.Repeat((byte)'x', (int)stream.Length - 4096)]);
    }
}
