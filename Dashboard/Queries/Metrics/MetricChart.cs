namespace Stack.Dashboard.Queries.Metrics;

/// <summary>An instrument over time.</summary>
internal sealed record MetricChart
{
    public required Instrument Instrument { get; init; }

    public required TimeAxis Axis { get; init; }

    /// <summary>By replica and value; the rest of too many, under <see cref="LineKey.Rest"/>, comes last.</summary>
    public required IReadOnlyList<MetricLine> Lines { get; init; }

    /// <summary>Every attribute that its series have, with its values.</summary>
    public required IReadOnlyList<Dimension> Dimensions { get; init; }

    public required IReadOnlyList<Exemplar> Exemplars { get; init; }

    /// <summary>Series that matched.</summary>
    public required int Series { get; init; }

    /// <summary>Not everything was read: the deadline passed, a segment is damaged, or there are too many series.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>One line: whose it is, and its figures.</summary>
internal sealed record MetricLine(LineKey Key, LineFigures Figures);

/// <summary>What a line stands for; null where replicas or values are put together.</summary>
internal readonly record struct LineKey(string? Replica, string? Value)
{
    /// <summary>Stands for all that are beyond the limit of lines.</summary>
    public const string Rest = "other";
}

/// <summary>An attribute and its values, in the order of their names.</summary>
internal sealed record Dimension(string Key, IReadOnlyList<string> Values);

/// <summary>One measured value with the trace that it belongs to.</summary>
internal sealed record Exemplar(long Time, double Value, string TraceId, string? SpanId, string Replica);
