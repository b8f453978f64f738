using System.Globalization;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Charts;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>Traces as dots over time and duration, and beside it how often which duration was. Both on one logarithmic scale.</summary>
public sealed record DurationChart
{
    public const int Width = 1000;
    public const int Height = 200;
    private const int BucketsPerDecade = 6;
    private const int MaxDots = 700;

    // Dots that would lie on each other become one; the coarser, the more there are.
    private static readonly (int Columns, int Rows)[] Grids = [(400, 100), (250, 60), (160, 40), (100, 28), (60, 20), (40, 15)];

    public required TimeRange Range { get; init; }

    public required IReadOnlyList<TraceDot> Dots { get; init; }

    public required IReadOnlyList<DurationBar> Bars { get; init; }

    /// <summary>Round durations with their place from above, largest first.</summary>
    public required IReadOnlyList<(string Text, string Y)> Lines { get; init; }

    /// <summary>Logarithms (base 10, of milliseconds) of the lower and the upper edge, for the script.</summary>
    public required (int Low, int High) Scale { get; init; }

    public required string Summary { get; init; }

    internal static DurationChart From(TraceSample sample, TraceRequest request, TimeRange range, Viewer viewer)
    {
        // One for each trace: the longest is what the client waited for.
        var traces = sample.Entries.GroupBy(entry => entry.Trace)
            .Select(group => group.MaxBy(entry => entry.Nanoseconds) with { IsError = request.OnlyErrors || group.Any(entry => entry.IsError) }).ToList();
        var first = UnixTicks.ToTime(traces.Min(trace => trace.Start));
        range = range.From < first && range.From.ToUnixTimeMilliseconds() < TimeSpan.TicksPerDay ? range with { From = first, Relative = null } : range;
        var scale = ScaleOf(traces);
        var sorted = traces.Select(trace => trace.Nanoseconds).Order().ToList();
        var errors = traces.Count(trace => trace.IsError);
        return new DurationChart
        {
            Range = range,
            Scale = scale,
            Dots = DotsOf(traces, scale, range, viewer),
            Bars = BarsOf(traces, scale, request),
            Lines = [.. Enumerable.Range(scale.Low, scale.High - scale.Low + 1).Reverse().Select(power => (Format.Duration((long)(Math.Pow(10, power) * TimeSpan.TicksPerMillisecond)), PathData.Number(Y(Math.Pow(10, power), scale))))],
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"{(sample.IsComplete ? "" : "A sample, spread evenly over the time: ")}{traces.Count:N0} {(traces.Count == 1 ? "trace" : "traces")}, {errors:N0} with errors: half took up to {Format.Duration(sorted[(sorted.Count - 1) / 2] / 100)}, the longest {Format.Duration(sorted[^1] / 100)}."),
        };
    }

    private static (int Low, int High) ScaleOf(List<SampledEntry> traces)
    {
        var low = (int)Math.Floor(Math.Log10(Math.Max(0.001, traces.Min(trace => trace.Milliseconds))));
        var high = (int)Math.Ceiling(Math.Log10(Math.Max(0.001, traces.Max(trace => trace.Milliseconds))));
        return high - low < 2 ? (low, low + 2) : (low, high);
    }

    private static double Y(double milliseconds, (int Low, int High) scale) =>
        Height * (1 - Math.Clamp((Math.Log10(Math.Max(1e-6, milliseconds)) - scale.Low) / (scale.High - scale.Low), 0, 1));

    private static List<TraceDot> DotsOf(List<SampledEntry> traces, (int Low, int High) scale, TimeRange range, Viewer viewer)
    {
        var placed = traces.Select(trace => (
            Trace: trace,
            X: Width * Math.Clamp((UnixTicks.ToTime(trace.Start) - range.From) / range.Length, 0, 1),
            Y: Y(trace.Milliseconds, scale))).ToList();
        var grid = Grids.First(grid => grid == Grids[^1] || placed.Select(dot => CellOf(dot.X, dot.Y, grid)).Distinct().Skip(MaxDots).FirstOrDefault(-1) < 0);
        return
        [
            .. placed.GroupBy(dot => CellOf(dot.X, dot.Y, grid)).Select(cell =>
            {
                // The one to see is the one that failed, else the longest.
                var (shown, x, y) = cell.MaxBy(dot => (dot.Trace.IsError, dot.Trace.Nanoseconds));
                var (count, start) = (cell.Count(), UnixTicks.ToTime(shown.Start));
                var text = $"{viewer.Clock(start)}  {shown.Name}  {Format.Duration(shown.Nanoseconds / 100)}{(shown.IsError ? "  failed" : "")}{(count > 1 ? $"  and {count - 1} like it" : "")}";
                return new TraceDot(PathData.Number(x), PathData.Number(y), shown.IsError, count, TraceModel.AddressOf(shown.Trace.ToString(), start), text);
            }).OrderBy(dot => dot.IsError),
        ];
    }

    private static int CellOf(double x, double y, (int Columns, int Rows) grid) => ((int)(y * grid.Rows / (Height + 1)) * grid.Columns) + (int)(x * grid.Columns / (Width + 1));

    private static List<DurationBar> BarsOf(List<SampledEntry> traces, (int Low, int High) scale, TraceRequest request)
    {
        var count = (scale.High - scale.Low) * BucketsPerDecade;
        var buckets = traces.ToLookup(trace => Math.Clamp((int)((Math.Log10(Math.Max(1e-6, trace.Milliseconds)) - scale.Low) * BucketsPerDecade), 0, count - 1));
        var most = buckets.Max(bucket => bucket.Count());
        return
        [
            .. buckets.OrderBy(bucket => bucket.Key).Select(bucket =>
            {
                var (from, to) = (Edge(bucket.Key), Edge(bucket.Key + 1));
                var (all, errors) = (bucket.Count(), bucket.Count(trace => trace.IsError));
                var top = Y(to, scale);
                return new DurationBar(
                    PathData.Number(top + 0.5), PathData.Number(Y(from, scale) - top - 1), PathData.Number(100.0 * all / most), errors == 0 ? null : PathData.Number(Math.Max(2, 100.0 * errors / most)),
                    (request with { Min = TraceRequest.Milliseconds(from), Max = TraceRequest.Milliseconds(to), Before = null }).Address(),
                    $"{Ticks(from)} – {Ticks(to)}", all, errors);
            }),
        ];

        double Edge(int bucket) => Math.Pow(10, scale.Low + ((double)bucket / BucketsPerDecade));
        static string Ticks(double milliseconds) => Format.Duration((long)(milliseconds * TimeSpan.TicksPerMillisecond));
    }
}

/// <summary>One trace, or several that lie on each other.</summary>
public sealed record TraceDot(string X, string Y, bool IsError, int Count, string Address, string Text);

/// <summary>How many traces took about this long.</summary>
public sealed record DurationBar(string Y, string Height, string Width, string? ErrorWidth, string Address, string Range, int Count, int Errors);
