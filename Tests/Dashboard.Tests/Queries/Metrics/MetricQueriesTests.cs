using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Queries.Metrics;

public sealed class MetricQueriesTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static readonly double[] Bounds = [0.01, 0.1, 1];
    private readonly TempFolder _folder = new();
    private OpenStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await OpenStore.AtAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_counter_is_shown_by_how_fast_it_rises()
    {
        await SendAsync(Every(5, 300, (sender, at) => sender.Counter("orders", at, at * 2)));

        var chart = await FindAsync("orders", 300);

        chart.Instrument.Kind.ShouldBe(MetricKind.Counter);
        Values(chart, MetricStat.Rate).Skip(5).SkipLast(5).ShouldAllBe(rate => rate != null && Math.Abs(rate.Value - 2) < 1e-6);
    }

    [Fact]
    public async Task A_restart_is_never_a_fall_and_what_came_after_it_counts()
    {
        // 100 a step, then a new process that begins at zero and has 50 after its first step.
        await SendAsync(Enumerable.Range(0, 30).Select(i => new SentMetrics { Start = -1 }.Counter("orders", i * 5, i * 100)));
        await SendAsync(Enumerable.Range(0, 30).Select(i => new SentMetrics { Start = 146 }.Counter("orders", 150 + (i * 5), 50 + (i * 100))));

        var rates = Values(await FindAsync("orders", 300), MetricStat.Rate);

        rates.ShouldAllBe(rate => rate == null || rate >= 0);
        Total(rates, 300).ShouldBe(2900 + 50 + 2900, 110);
    }

    [Fact]
    public async Task A_restart_shows_by_its_start_time_also_when_the_new_total_is_higher()
    {
        await SendAsync(new SentMetrics { Start = -10 }.Counter("orders", 0, 10), new SentMetrics { Start = -10 }.Counter("orders", 5, 20));
        await SendAsync(new SentMetrics { Start = 6 }.Counter("orders", 10, 1000), new SentMetrics { Start = 6 }.Counter("orders", 15, 1010));

        Total(Values(await FindAsync("orders", 60), MetricStat.Rate), 60).ShouldBe(20 + 1000 + 10, 15);
    }

    [Fact]
    public async Task A_restart_without_start_times_shows_by_the_lower_total()
    {
        await SendAsync(new SentMetrics().Counter("orders", 0, 1000), new SentMetrics().Counter("orders", 5, 1100), new SentMetrics().Counter("orders", 10, 30));

        Total(Values(await FindAsync("orders", 60), MetricStat.Rate), 60).ShouldBe(130, 1);
    }

    [Fact]
    public async Task What_an_old_sender_had_counted_before_it_was_first_heard_is_no_peak()
    {
        await SendAsync(new SentMetrics { Start = -5000 }.Counter("orders", 0, 1_000_000), new SentMetrics { Start = -5000 }.Counter("orders", 5, 1_000_010));

        Total(Values(await FindAsync("orders", 60), MetricStat.Rate), 60).ShouldBe(10, 0.01);
    }

    [Fact]
    public async Task A_series_that_an_old_sender_begins_counts_from_its_first_value()
    {
        await SendAsync(Every(5, 300, (sender, at) => sender.Counter("orders", at, at, ("kind", "old"))));
        await SendAsync(new SentMetrics { Start = -5000 }.Counter("orders", 200, 7, ("kind", "new")));

        var chart = await FindAsync("orders", 300, filter => filter with { Dimensions = [new("kind", "new")] });

        Total(Values(chart, MetricStat.Rate), 300).ShouldBe(7, 0.01);
    }

    [Fact]
    public async Task A_quiet_counter_is_zero_and_silence_is_a_gap()
    {
        // Quiet from 60 to 180, nothing at all from 180 to 420.
        await SendAsync(Every(5, 180, (sender, at) => sender.Counter("orders", at, Math.Min(at, 60))));
        await SendAsync(Enumerable.Range(84, 37).Select(i => new SentMetrics().Counter("orders", i * 5, 1000 + i)));

        var rates = Values(await FindAsync("orders", 600), MetricStat.Rate);

        At(rates, 100, 600).ShouldBe(0);
        At(rates, 170, 600).ShouldBe(0);
        At(rates, 350, 600).ShouldBeNull();
        At(rates, 500, 600).ShouldNotBeNull().ShouldBe(0.2, 0.01);
        // What came in the silence is in no part: nobody knows when.
        rates.Max()!.Value.ShouldBeLessThan(2);
    }

    [Fact]
    public async Task Deltas_are_added_up_as_they_are_and_a_batch_that_is_sent_again_counts_once()
    {
        var sent = Enumerable.Range(1, 20).Select(i => new SentMetrics().Delta("orders", i * 5, 10)).ToList();
        await SendAsync(sent);
        await SendAsync(sent);

        var rates = Values(await FindAsync("orders", 120), MetricStat.Rate);

        Total(rates, 120).ShouldBe(200, 0.01);
        At(rates, 50, 120).ShouldBe(2);
    }

    [Fact]
    public async Task Gauges_are_the_last_value_of_each_replica_added_up_also_when_a_batch_is_sent_again()
    {
        for (var again = 0; again < 2; again++)
        {
            await SendAsync(Every(5, 60, (sender, at) => sender.UpDown("memory", at, 100)));
            await SendAsync(Every(5, 60, (sender, at) => sender.UpDown("memory", at, 40), "site-8002"));
        }

        var chart = await FindAsync("memory", 60);
        var replicas = await FindAsync("memory", 60, filter => filter with { ByReplica = true });

        At(Values(chart, MetricStat.Sum), 30, 60).ShouldBe(140);
        At(Values(chart, MetricStat.Average), 30, 60).ShouldBe(70);
        At(Values(chart, MetricStat.Largest), 30, 60).ShouldBe(100);
        At(Values(chart, MetricStat.Smallest), 30, 60).ShouldBe(40);
        replicas.Lines.Select(line => (line.Key.Replica, At(line.Figures.Values(MetricStat.Sum), 30, 60))).Order()
            .ShouldBe([("site-8001", 100.0), ("site-8002", 40.0)]);
    }

    [Fact]
    public async Task A_gauge_that_does_not_change_goes_on_and_one_of_a_dead_replica_ends()
    {
        await SendAsync(Every(5, 600, (sender, at) => sender.Gauge("threads", at, 7).Counter("work", at, at)));
        await SendAsync(Every(5, 100, (sender, at) => sender.Gauge("threads", at, 5).Counter("work", at, at), "site-8002"));

        var chart = await FindAsync("threads", 600, filter => filter with { ByReplica = true });

        chart.Lines.Single(line => line.Key.Replica == "site-8001").Figures.Values(MetricStat.Sum).ShouldAllBe(value => value == 7);
        var dead = chart.Lines.Single(line => line.Key.Replica == "site-8002").Figures.Values(MetricStat.Sum);
        At(dead, 90, 600).ShouldBe(5);
        At(dead, 130, 600).ShouldBeNull();
        // Written were the first value and one a minute, beside what did change.
        _store.Segments.Sum(segment => segment.Points).ShouldBe(11 + 2 + 121 + 21);
    }

    [Fact]
    public async Task A_replica_that_began_anew_with_other_attributes_counts_once()
    {
        await SendAsync(Every(5, 60, (sender, at) => sender.Gauge("threads", at, 7)));
        var other = SentMetrics.Request(Every(5, 60, (sender, at) => sender.Gauge("threads", at + 61, 8)));
        foreach (var group in other.ResourceMetrics)
        {
            group.Resource.Attributes.Add(Ingest.Messages.Text("service.version", "2"));
        }

        using var mapper = new Stack.Dashboard.Ingest.RowMapper(new Stack.Dashboard.Settings.TelemetryLimits(), TimeProvider.System);
        await _store.AddAsync(mapper.Map(other, "peer").Batch);

        var values = Values(await FindAsync("threads", 120), MetricStat.Sum);

        values.ShouldAllBe(value => value == 7 || value == 8);
        values[^1].ShouldBe(8);
    }

    [Fact]
    public async Task Percentiles_of_replicas_come_from_all_their_buckets_together()
    {
        await SendAsync(Enumerable.Range(0, 13).SelectMany(i => new[]
        {
            new SentMetrics { Start = -1 }.Histogram("duration", i * 5, Bounds, [(ulong)i * 90, 0, 0, 0], i * 0.45),
            new SentMetrics("site-8002") { Start = -1 }.Histogram("duration", i * 5, Bounds, [0, 0, (ulong)i * 10, 0], i * 5.0),
        }));

        var chart = await FindAsync("duration", 60);
        var slow = await FindAsync("duration", 60, filter => filter with { Resources = ["site-8002"] });

        At(Values(chart, MetricStat.P50), 30, 60)!.Value.ShouldBeInRange(0.001, 0.01);
        At(Values(chart, MetricStat.P95), 30, 60)!.Value.ShouldBeInRange(0.1, 1);
        At(Values(chart, MetricStat.Rate), 30, 60)!.Value.ShouldBe(20, 0.01);
        At(Values(chart, MetricStat.Mean), 30, 60)!.Value.ShouldBe(0.0545, 0.0001);
        At(Values(slow, MetricStat.P50), 30, 60)!.Value.ShouldBe(0.55, 0.55 * 0.05);
    }

    [Fact]
    public async Task Percentiles_of_exponential_histograms_are_off_by_five_percent_at_most()
    {
        // Base 2^(1/32): values from 1 up to 2.
        var counts = Enumerable.Repeat(10UL, 32).ToArray();
        await SendAsync(
            new SentMetrics { Start = 0 }.Exponential("duration", 5, 5, 0, counts),
            new SentMetrics { Start = 0 }.Exponential("duration", 10, 5, 0, [.. counts.Select(c => c * 2)]));

        var chart = await FindAsync("duration", 60);

        foreach (var (stat, part) in new[] { (MetricStat.P50, 0.5), (MetricStat.P95, 0.95), (MetricStat.P99, 0.99) })
        {
            var exact = Math.Pow(2, part);
            At(Values(chart, stat), 8, 60)!.Value.ShouldBeInRange(exact * 0.95, exact * 1.05);
        }
    }

    [Fact]
    public async Task Summaries_have_their_own_quantiles_rate_and_mean()
    {
        await SendAsync(Enumerable.Range(0, 13).Select(i => new SentMetrics { Start = -1 }.Summary("duration", i * 5, (ulong)i * 10, i * 2.5, (0.5, 0.2), (0.99, 0.9))));

        var chart = await FindAsync("duration", 60);

        At(Values(chart, MetricStat.P50), 30, 60).ShouldBe(0.2);
        At(Values(chart, MetricStat.P99), 30, 60).ShouldBe(0.9);
        At(Values(chart, MetricStat.P95), 30, 60).ShouldBeNull();
        At(Values(chart, MetricStat.Mean), 30, 60).ShouldNotBeNull().ShouldBe(0.25, 1e-9);
        At(Values(chart, MetricStat.Rate), 30, 60).ShouldNotBeNull().ShouldBe(2, 1e-9);
    }

    [Fact]
    public async Task Dimensions_filter_and_split_and_the_rest_of_too_many_is_put_together()
    {
        await SendAsync(Every(5, 60, (sender, at) =>
        {
            for (var i = 1; i <= 20; i++)
            {
                sender.Counter("requests", at, at * i, ("route", $"/{i:00}"), ("method", i % 2 == 0 ? "GET" : "POST"));
            }
        }));

        var split = await FindAsync("requests", 60, filter => filter with { SplitBy = "route", MaxLines = 3 });
        var filtered = await FindAsync("requests", 60, filter => filter with { SplitBy = "method", Dimensions = [new("route", "/04"), new("method", "GET")] });
        var none = await FindAsync("requests", 60, filter => filter with { Dimensions = [new("route", "/04"), new("method", "POST")] });

        split.Dimensions.Select(d => (d.Key, d.Values.Count)).ShouldBe([("method", 2), ("route", 20)]);
        split.Lines.Select(line => (line.Key.Value, Math.Round(At(line.Figures.Values(MetricStat.Rate), 30, 60)!.Value))).Order()
            .ShouldBe([("/18", 18), ("/19", 19), ("/20", 20), ("other", 17 * 18 / 2)]);
        filtered.Lines.Single().Key.ShouldBe(new LineKey(null, "GET"));
        At(Values(filtered, MetricStat.Rate), 30, 60).ShouldNotBeNull().ShouldBe(4, 1e-9);
        (none.Series, none.Lines.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Order_of_attributes_makes_no_other_series_and_none_is_lost()
    {
        await SendAsync(new SentMetrics().Gauge("load", 0, 1, ("b", "2"), ("a", "1")), new SentMetrics().Gauge("load", 5, 2, ("a", "1"), ("b", "2")));

        var chart = await FindAsync("load", 60);

        chart.Series.ShouldBe(1);
        chart.Dimensions.Select(d => $"{d.Key}={d.Values.Single()}").ShouldBe(["a=1", "b=2"]);
    }

    [Fact]
    public async Task Exemplars_lead_to_their_traces()
    {
        await SendAsync(
            new SentMetrics { Start = 0 }.Histogram("duration", 5, Bounds, [1, 0, 0, 0]),
            new SentMetrics { Start = 0 }.Histogram("duration", 10, Bounds, [1, 0, 1, 0], exemplar: (0.7, Trace)));

        var exemplar = (await FindAsync("duration", 60)).Exemplars.Single();

        exemplar.ShouldBe(new Exemplar(UnixTicks.Of(Samples.Time.AddSeconds(10)), 0.7, Trace, null, "site-8001"));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(7 * 86_400)]
    public async Task A_long_range_over_many_segments_counts_everything_though_it_reads_little(int seconds)
    {
        await _store.DisposeAsync();
        _store = await OpenStore.AtAsync(_folder.File("many"), o => o with { SegmentBytes = 64 << 10 });
        // A value every 1/3000 of the range, a restart in the middle.
        var step = seconds / 3000.0;
        foreach (var chunk in Enumerable.Range(1, 3000).Chunk(500))
        {
            await SendAsync(chunk.Select(i => i <= 1500
                ? new SentMetrics { Start = -1 }.Counter("orders", i * step, i * 3).Gauge("level", i * step, i)
                : new SentMetrics { Start = (1500 * step) + 0.1 }.Counter("orders", i * step, (i - 1500) * 3).Gauge("level", i * step, i)));
            await OpenStore.UntilAsync(() => _store.Segments[^1].Points == 0, "the roll");
        }

        var rates = Values(await FindAsync("orders", seconds), MetricStat.Rate);
        var levels = Values(await FindAsync("level", seconds), MetricStat.Sum);

        _store.Segments.Count.ShouldBeGreaterThan(3);
        Total(rates, seconds).ShouldBe(9000, 9000 * 0.02);
        rates.SkipLast(2).Skip(1).ShouldAllBe(rate => rate != null && Math.Abs(rate.Value - (3 / step)) < 3 / step * 0.02);
        levels.Where(value => value is not null).Select(value => value!.Value).ShouldBeInOrder();
    }

    [Fact]
    public async Task Instruments_are_listed_with_all_that_is_known_of_them()
    {
        await SendAsync(
            new SentMetrics(meter: "B") { Unit = "{order}", Description = "Orders that were sent" }.Counter("orders", 0, 5, ("kind", "a")).Counter("orders", 0, 6, ("kind", "b")),
            new SentMetrics("site-8002", "B") { Unit = "{order}" }.Counter("orders", 0, 7),
            new SentMetrics(meter: "A") { Unit = "s" }.Histogram("duration", 0, Bounds, [0, 4, 0, 0], 0.2),
            new SentMetrics(meter: "A") { Unit = "By" }.UpDown("memory", 0, 100));

        var all = await _store.Metrics.InstrumentsAsync(Listed(), CancellationToken.None);
        var some = await _store.Metrics.InstrumentsAsync(Listed() with { Resources = ["site-8002"] }, CancellationToken.None);
        var later = await _store.Metrics.InstrumentsAsync(Listed() with { From = Samples.Time.AddHours(1), To = Samples.Time.AddHours(2) }, CancellationToken.None);

        all.Items.Select(i => (i.Meter, i.Name, i.Unit, i.Type, i.Series, i.LastValue)).ShouldBe(
        [
            ("A", "duration", "s", "histogram:cumulative", 1, 0.05),
            ("A", "memory", "By", "updown:cumulative", 1, 100),
            ("B", "orders", "{order}", "sum:cumulative", 3, 18),
        ]);
        all.Items[2].ShouldSatisfyAllConditions(
            i => i.Description.ShouldBe("Orders that were sent"), i => i.Replicas.ShouldBe(["site-8001", "site-8002"]), i => i.LastTime.ShouldBe(Samples.Time));
        some.Items.Select(i => (i.Name, i.Series)).ShouldBe([("orders", 1)]);
        later.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_instrument_is_null_and_a_value_that_is_none_does_no_harm()
    {
        await SendAsync(new SentMetrics().Histogram("duration", 0, Bounds, [0, 4, 0, 0]));
        var batch = new TelemetryBatch();
        var sender = SentMetrics.Rows(new SentMetrics().Gauge("x", 0, 1)).Points[0];
        batch.Add(sender with
        {
            Series = new SeriesInfo(new ScopeInfo("Site", ""), "broken", "", "histogram:cumulative", "{}"),
            Row = new PointRow { Time = Samples.Time, Histogram = [255, 255, 255], Progress = 1 },
        });
        await _store.AddAsync(batch);

        (await _store.Metrics.FindAsync(Filter("no such", 60), CancellationToken.None)).ShouldBeNull();
        (await FindAsync("broken", 60)).IsPartial.ShouldBeTrue();
        (await FindAsync("duration", 60)).IsPartial.ShouldBeFalse();
        (await _store.Metrics.InstrumentsAsync(Listed(), CancellationToken.None)).IsPartial.ShouldBeTrue();
    }

    [Fact]
    public async Task Points_of_series_beyond_the_cap_are_counted()
    {
        await SendAsync(Enumerable.Range(0, 21).Select(chunk =>
        {
            var sender = new SentMetrics();
            for (var i = 0; i < 1000; i++)
            {
                sender.Gauge("load", 0, i, ("number", $"{chunk}-{i}"));
            }

            return sender;
        }));

        _store.Status.PointsBeyondCap.ShouldBe(1000);
        _store.Status.Unstorable.ShouldBe(1000);
        _store.Segments.Sum(segment => segment.Points).ShouldBe(20_000);
        (await FindAsync("load", 60)).ShouldSatisfyAllConditions(chart => chart.Series.ShouldBe(4000), chart => chart.IsPartial.ShouldBeTrue());
    }

    [Fact]
    public async Task A_segment_of_an_earlier_version_can_be_read_and_written_on_and_a_lost_catalogue_costs_nothing()
    {
        await SendAsync(
            new SentMetrics { Start = -1, Description = "Orders" }.Counter("orders", 0, 100), new SentMetrics { Start = -1 }.Counter("orders", 5, 110),
            new SentMetrics { Start = -1 }.Histogram("duration", 5, Bounds, [0, 1, 0, 0], 0.05, (0.05, Trace)));
        await _store.DisposeAsync();
        using (var file = SqliteFile.OpenForWriting(Directory.GetFiles(_folder.Path, "seg-*.db").Single()))
        {
            file.Execute("DROP TABLE runs; DROP TABLE descriptions; DROP INDEX points_exemplars");
        }

        foreach (var file in Directory.GetFiles(_folder.Path, "meta.db*"))
        {
            File.Delete(file);
        }

        _store = await OpenStore.AtAsync(_folder.Path);
        var before = await FindAsync("orders", 60);
        await SendAsync(new SentMetrics { Start = -1, Description = "Orders" }.Counter("orders", 10, 130));
        var after = await FindAsync("orders", 60);

        (before.Instrument.Description, after.Instrument.Description).ShouldBe(("", "Orders"));
        Total(Values(before, MetricStat.Rate), 60).ShouldBe(10, 0.01);
        Total(Values(after, MetricStat.Rate), 60).ShouldBe(30, 0.01);
        (await FindAsync("duration", 60)).Exemplars.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_old_segment_without_the_later_tables_is_read_as_it_is()
    {
        await SendAsync(new SentMetrics { Start = -1 }.Counter("orders", 0, 100), new SentMetrics { Start = -1 }.Counter("orders", 5, 110));
        using (var file = SqliteFile.OpenForWriting(Directory.GetFiles(_folder.Path, "seg-*.db").Single()))
        {
            file.Execute("DROP TABLE runs; DROP TABLE descriptions; DROP INDEX points_exemplars");
        }

        var chart = await FindAsync("orders", 60);
        var points = await _store.Metrics.PointsAsync(
            new PointFilter { Instrument = "orders", From = Samples.Time, To = Samples.Time.AddMinutes(1), Limit = 10 }, CancellationToken.None);

        (chart.IsPartial, chart.Instrument.Description).ShouldBe((false, ""));
        Total(Values(chart, MetricStat.Rate), 60).ShouldBe(10, 0.01);
        points.Points.Select(point => (point.Integer, point.Start)).ShouldBe([(100, null), (110, null)]);
    }

    [Fact]
    public async Task Cleared_values_of_a_replica_are_gone_and_the_others_stay()
    {
        await SendAsync(new SentMetrics().Gauge("load", 0, 1), new SentMetrics("site-8002").Gauge("load", 0, 2), new SentMetrics("site-8002").Gauge("own", 0, 2));
        await _store.Store.ClearAsync(_store.Queries.Resources().Single(r => r.DisplayName == "site-8002"), CancellationToken.None);

        Values(await FindAsync("load", 60), MetricStat.Sum).ShouldAllBe(value => value == null || value == 1);
        (await _store.Metrics.InstrumentsAsync(Listed(), CancellationToken.None)).Items.Select(i => (i.Name, i.Replicas.Single(), i.LastValue)).ShouldBe([("load", "site-8001", 1.0)]);
    }

    private static IEnumerable<SentMetrics> Every(int seconds, int length, Action<SentMetrics, double> fill, string instance = "site-8001") =>
        Enumerable.Range(0, (length / seconds) + 1).Select(i =>
        {
            var sender = new SentMetrics(instance);
            fill(sender, i * seconds);
            return sender;
        });

    private Task SendAsync(params IEnumerable<SentMetrics> senders) => SendChunksAsync(senders.Chunk(200));

    private async Task SendChunksAsync(IEnumerable<SentMetrics[]> chunks)
    {
        foreach (var chunk in chunks)
        {
            await _store.AddAsync(SentMetrics.Rows(chunk));
        }
    }

    private static InstrumentFilter Listed() => new() { From = Samples.Time.AddMinutes(-1), To = Samples.Time.AddMinutes(1), WithValues = true };

    private static MetricFilter Filter(string instrument, int seconds) => new()
    {
        Meter = "Site", Instrument = instrument, Axis = TimeAxis.Over(Samples.Time, Samples.Time.AddSeconds(seconds)),
    };

    private async Task<MetricChart> FindAsync(string instrument, int seconds, Func<MetricFilter, MetricFilter>? change = null)
    {
        var filter = Filter(instrument, seconds);
        return (await _store.Metrics.FindAsync(change?.Invoke(filter) ?? filter, CancellationToken.None)).ShouldNotBeNull();
    }

    private static IReadOnlyList<double?> Values(MetricChart chart, MetricStat stat) => chart.Lines.Single().Figures.Values(stat);

    private static double? At(IReadOnlyList<double?> values, double second, int seconds) => values[(int)(second / seconds * values.Count)];

    private static double Total(IReadOnlyList<double?> rates, int seconds) => rates.Sum(rate => rate ?? 0) * seconds / rates.Count;
}
