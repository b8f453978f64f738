using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class DurationGridTests
{
    private const double Allowed = 0.05;

    [Theory]
    [InlineData(0.0001, 100)]
    [InlineData(0.004, 0.006)]
    [InlineData(1e6, 1e10)]
    public void A_percentile_is_off_by_five_percent_at_most(double from, double to)
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(_ => from * Math.Pow(to / from, random.NextDouble())).Order().ToList();
        var grid = new DurationGrid();
        values.ForEach(value => grid.Add(value));

        foreach (var part in new[] { 0.01, 0.5, 0.9, 0.95, 0.99, 1 })
        {
            var exact = values[(int)Math.Ceiling(part * values.Count) - 1];
            (grid.Percentile(part)!.Value / exact).ShouldBeInRange(1 - Allowed, 1 + Allowed, $"p{part * 100}");
        }
    }

    [Fact]
    public void Grids_add_up_in_any_order()
    {
        var all = new DurationGrid();
        var low = new DurationGrid();
        var high = new DurationGrid();
        for (var i = 1; i <= 1000; i++)
        {
            all.Add(i);
            (i % 3 == 0 ? low : high).Add(i);
        }

        low.AddZeros(5);
        all.AddZeros(5);
        high.Add(low);

        high.Count.ShouldBe(1005);
        high.Buckets.ShouldBe(all.Buckets);
        high.Percentile(0.5).ShouldBe(all.Percentile(0.5));
    }

    [Fact]
    public void Nothing_has_no_percentile_and_zeros_have_zero()
    {
        var grid = new DurationGrid();
        grid.Percentile(0.5).ShouldBeNull();

        grid.Add(0, 9);
        grid.Add(-3);
        grid.Add(8);

        grid.Percentile(0.5).ShouldBe(0);
        grid.Percentile(1)!.Value.ShouldBe(8, 8 * Allowed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(20)]
    public void An_exponential_histogram_keeps_its_percentiles(int scale)
    {
        var point = new ExponentialPoint { Count = 1000, Scale = scale, Positive = new ExponentialPoint.Types.Buckets() };
        var perDoubling = Math.Pow(2, scale);
        var buckets = Enumerable.Range(0, 1000).Select(i => 0.1 * Math.Pow(1.002, i)).GroupBy(v => (int)Math.Ceiling(Math.Log2(v) * perDoubling) - 1)
            .ToDictionary(g => g.Key, g => (ulong)g.Count());
        var (first, last) = (buckets.Keys.Min(), buckets.Keys.Max());
        point.Positive.Offset = first;
        for (var i = first; i <= last; i++)
        {
            point.Positive.BucketCounts.Add(buckets.GetValueOrDefault(i));
        }

        var grid = HistogramSample.Read(point.ToByteArray(), "exponential:cumulative").Since(null);

        grid.Count.ShouldBe(1000);
        // At scale 0 a bucket is a whole doubling: there no grid can be better than it.
        var allowed = scale < DurationGrid.Scale ? 0.5 : Allowed;
        (grid.Percentile(0.5)!.Value / (0.1 * Math.Pow(1.002, 499))).ShouldBeInRange(1 - allowed, 1 + allowed);
        (grid.Percentile(0.95)!.Value / (0.1 * Math.Pow(1.002, 949))).ShouldBeInRange(1 - allowed, 1 + allowed);
    }

    [Fact]
    public void Explicit_bounds_are_taken_as_spread_evenly_between_them()
    {
        var point = new HistogramPoint { Count = 100, ExplicitBounds = { 0.1, 0.2, 0.4 }, BucketCounts = { 0, 100, 0, 0 } };

        var grid = HistogramSample.Read(point.ToByteArray(), "histogram:cumulative").Since(null);

        grid.Percentile(0.5)!.Value.ShouldBe(0.15, 0.15 * Allowed);
        grid.Percentile(0.95)!.Value.ShouldBe(0.195, 0.195 * Allowed);
    }

    [Fact]
    public void Only_what_came_since_the_last_sample_counts()
    {
        var first = new HistogramPoint { Count = 60, ExplicitBounds = { 1, 10, 100 }, BucketCounts = { 10, 50, 0, 0 } };
        var second = new HistogramPoint { Count = 66, ExplicitBounds = { 1, 10, 100 }, BucketCounts = { 10, 51, 0, 5 } };

        var grid = Read(second).Since(Read(first));

        grid.Count.ShouldBe(6, 1e-9);
        grid.Percentile(0.99)!.Value.ShouldBe(100, 100 * Allowed);

        static HistogramSample Read(HistogramPoint point) => HistogramSample.Read(point.ToByteArray(), "histogram:cumulative");
    }

    [Fact]
    public void Coarser_and_finer_exponential_samples_of_one_series_can_be_compared()
    {
        var fine = new ExponentialPoint { Count = 16, Scale = 5, Positive = new() { Offset = 0, BucketCounts = { Enumerable.Repeat(1UL, 16) } } };
        var coarse = new ExponentialPoint { Count = 20, Scale = 3, Positive = new() { Offset = 0, BucketCounts = { 4, 4, 4, 8 } } };

        var grid = Read(coarse).Since(Read(fine));

        grid.Buckets.ShouldBe([(3, 4.0)]);

        static HistogramSample Read(ExponentialPoint point) => HistogramSample.Read(point.ToByteArray(), "exponential:cumulative");
    }

    [Fact]
    public void Odd_numbers_of_a_sender_make_no_long_arrays()
    {
        var grid = new DurationGrid();

        grid.Add(double.Epsilon);
        grid.Add(double.MaxValue);
        grid.Add(double.PositiveInfinity);
        grid.AddBetween(double.NegativeInfinity, double.PositiveInfinity, 1);

        grid.Count.ShouldBe(4);
        grid.Buckets.Max(bucket => bucket.Index).ShouldBeLessThan(1000);
    }
}
