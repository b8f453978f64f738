namespace Stack.Dashboard.Queries.Metrics;

/// <summary>The figure of an instrument that a line shows.</summary>
internal enum MetricStat
{
    /// <summary>Last values of all series, added up.</summary>
    Sum,
    Average,
    Largest,
    Smallest,

    /// <summary>Of a counter its rise, of a histogram the number of values: a second.</summary>
    Rate,
    Mean,
    P50,
    P95,
    P99,
}
