using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>A point of a series as it is counted with.</summary>
/// <param name="Time">In ticks since 1970.</param>
/// <param name="Number">The value; of histograms and summaries the count.</param>
/// <param name="Sum">Of histograms and summaries: the sum of all values.</param>
/// <param name="Histogram">Only of histograms.</param>
/// <param name="Quantiles">Only of summaries: value by quantile.</param>
/// <param name="RunStart">Where this point is the first of a new run of its sender: since when it counts. Else null.</param>
internal sealed record Sample(
    long Time, double Number, double Sum = 0, HistogramSample? Histogram = null, IReadOnlyDictionary<double, double>? Quantiles = null, long? RunStart = null);
