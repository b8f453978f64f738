using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Export;

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

    public long? Integer { get; init; }

    public double? Real { get; init; }

    /// <summary>The OTLP message of the point, without attributes and exemplars.</summary>
    public byte[]? Histogram { get; init; }

    public string? ExemplarsJson { get; init; }

    /// <summary>Columns: series, t, value, exemplars, typeof(value), res, scope, name, unit, type, attrs.</summary>
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
        };
    }
}
