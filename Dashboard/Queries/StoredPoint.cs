using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A stored value of a metric with the series that it belongs to.</summary>
internal sealed record StoredPoint
{
    public required ResourceInfo Resource { get; init; }

    public required string Scope { get; init; }

    public required string Name { get; init; }

    public required string Unit { get; init; }

    /// <summary>As the store names it, for example <c>sum:cumulative</c>.</summary>
    public required string Type { get; init; }

    public required string AttributesJson { get; init; }

    /// <summary>In 100 ns ticks since 1970.</summary>
    public required long Time { get; init; }

    /// <summary>Since when the sender counts; null when it does not say.</summary>
    public long? Start { get; init; }

    /// <summary>What the sender says about the instrument; empty where nobody asked for it.</summary>
    public string Description { get; init; } = "";

    public long? Integer { get; init; }

    public double? Real { get; init; }

    /// <summary>The OTLP message of the point, without attributes and exemplars.</summary>
    public byte[]? Histogram { get; init; }

    public string? ExemplarsJson { get; init; }

    /// <summary>SQL for the columns that <see cref="Read"/> takes, of the tables <c>points p</c> and <c>series s</c>.</summary>
    public static string Columns(SegmentReader reader)
    {
        using var runs = reader.Prepare("SELECT 1 FROM sqlite_master WHERE name='runs'");
        var start = runs.Step() ? "(SELECT start FROM runs WHERE runs.series=p.series AND runs.t<=p.t ORDER BY runs.t DESC LIMIT 1)" : "NULL";
        return $"p.series, p.t, p.value, p.exemplars, typeof(p.value), s.res, s.scope, s.name, s.unit, s.type, s.attrs, {start}";
    }

    public static StoredPoint Read(SqliteStatement row, SegmentReader reader)
    {
        var kind = row.Text(4);
        return new StoredPoint
        {
            Time = row.Number(1),
            Integer = kind == "integer" ? row.Number(2) : null,
            Real = kind == "real" ? row.Real(2) : null,
            Histogram = kind == "blob" ? row.Blob(2) : null,
            ExemplarsJson = row.TextOrNull(3),
            Resource = reader.Resource(row.Number(5)),
            Scope = reader.Scope(row.Number(6)),
            Name = row.Text(7),
            Unit = row.Text(8),
            Type = row.Text(9),
            AttributesJson = row.Text(10),
            Start = row.NumberOrNull(11),
        };
    }
}
