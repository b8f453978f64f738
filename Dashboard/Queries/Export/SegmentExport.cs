using System.Buffers;
using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Export;

/// <summary>Reads one signal of one segment piece by piece, each a whole OTLP JSON message of bounded size.</summary>
internal abstract class SegmentExport(ExportFilter filter)
{
    protected const int MaxRows = 1000;

    // Of the rows as they are in memory; a message is about as long.
    protected const long MaxBytes = 4L << 20;

    protected ExportFilter Filter => filter;

    /// <summary>The next message; null when the segment has no more.</summary>
    public byte[]? Next(SegmentReader reader)
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (!Write(reader, json))
        {
            return null;
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>False when there is nothing more.</summary>
    protected abstract bool Write(SegmentReader reader, Utf8JsonWriter json);
}

/// <summary>The log records of one segment, by their arrival.</summary>
internal sealed class LogExport(ExportFilter filter) : SegmentExport(filter)
{
    private long _after;

    protected override bool Write(SegmentReader reader, Utf8JsonWriter json)
    {
        if (Filter.Conditions(reader, "ts", "+res") is not { } conditions)
        {
            return false;
        }

        using var rows = reader.Prepare($"SELECT {LogColumns.All} FROM logs WHERE id>?{conditions}{reader.NotCleared} ORDER BY id LIMIT {MaxRows}");
        rows.Bind(1, _after);
        var found = new List<LogRow>();
        for (var bytes = 0L; bytes < MaxBytes && rows.Step();)
        {
            found.Add(LogColumns.Read(rows, reader));
            bytes += found[^1].Size;
        }

        if (found.Count > 0)
        {
            _after = found[^1].Id;
            OtlpJsonWriter.WriteResourceLogs(json, found);
        }

        return found.Count > 0;
    }
}

/// <summary>The spans of one segment, by their arrival.</summary>
internal sealed class SpanExport(ExportFilter filter) : SegmentExport(filter)
{
    private long _after;

    protected override bool Write(SegmentReader reader, Utf8JsonWriter json)
    {
        if (Filter.Conditions(reader, "start", "+res") is not { } conditions)
        {
            return false;
        }

        using var rows = reader.Prepare($"SELECT {SpanColumns.All} FROM spans WHERE id>?{conditions}{reader.NotCleared} ORDER BY id LIMIT {MaxRows}");
        rows.Bind(1, _after);
        var found = new List<StoredSpan>();
        for (var bytes = 0L; bytes < MaxBytes && rows.Step();)
        {
            found.Add(SpanColumns.Read(rows, reader));
            bytes += found[^1].Row.Size;
        }

        if (found.Count > 0)
        {
            _after = found[^1].Id;
            OtlpJsonWriter.WriteResourceSpans(json, found);
        }

        return found.Count > 0;
    }
}

/// <summary>The points of one segment, series by series.</summary>
internal sealed class PointExport(ExportFilter filter) : SegmentExport(filter)
{
    private (long Series, long Time) _after = (long.MinValue, long.MinValue);

    protected override bool Write(SegmentReader reader, Utf8JsonWriter json)
    {
        if (Filter.Conditions(reader, "p.t", "s.res") is not { } conditions)
        {
            return false;
        }

        using var rows = reader.Prepare($"""
            SELECT {StoredPoint.Columns(reader)}
            FROM points p CROSS JOIN series s ON s.id=p.series WHERE (p.series, p.t)>(?,?){conditions} ORDER BY p.series, p.t LIMIT {MaxRows}
            """);
        rows.Bind(1, _after.Series).Bind(2, _after.Time);
        var found = new List<StoredPoint>();
        var isAny = false;
        for (var bytes = 0L; bytes < MaxBytes && rows.Step();)
        {
            isAny = true;
            _after = (rows.Number(0), rows.Number(1));
            bytes += 500;
            if (reader.Cleared.Of(rows.Number(5)) < rows.Number(1))
            {
                found.Add(StoredPoint.Read(rows, reader));
                bytes += found[^1].Histogram?.Length ?? 0;
            }
        }

        if (isAny)
        {
            OtlpJsonWriter.WriteResourceMetrics(json, found);
        }

        return isAny;
    }
}
