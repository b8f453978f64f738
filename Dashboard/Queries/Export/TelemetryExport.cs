using System.IO.Compression;
using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Export;

/// <summary>
/// Writes what is stored into a zip of OTLP JSON: <c>logs/000001.json</c>, <c>traces/…</c>, <c>metrics/…</c>, each a message of bounded size. What is in memory
/// at a time is one of them, however much is stored.
/// </summary>
internal sealed class TelemetryExport(TelemetryStore store, ReadThreads threads, TimeProvider time)
{
    private static readonly (string Folder, Func<SegmentInfo, bool> HasAny, Func<ExportFilter, SegmentExport> Open)[] Signals =
    [
        ("logs", segment => segment.Logs > 0, filter => new LogExport(filter)),
        ("traces", segment => segment.Spans > 0, filter => new SpanExport(filter)),
        ("metrics", segment => segment.Points > 0, filter => new PointExport(filter)),
    ];

    /// <param name="zip">Opened for creation; may be a stream that cannot be sought.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="ct">The receiver went away.</param>
    public async Task WriteAsync(ZipArchive zip, ExportFilter filter, CancellationToken ct)
    {
        foreach (var (folder, hasAny, open) in Signals)
        {
            var number = 0;
            foreach (var segment in store.Catalogue.Segments.Where(segment => hasAny(segment) && filter.MayBeIn(segment)))
            {
                var export = open(filter);
                while (await threads.RunAsync(() => Next(export, segment), ct) is { } message)
                {
                    await AddAsync(zip, $"{folder}/{++number:D6}.json", message, ct);
                }
            }
        }

        await AddAsync(zip, "export.json", Describe(filter), ct);
    }

    public static async Task AddAsync(ZipArchive zip, string name, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(ct);
        await entry.WriteAsync(content, ct);
    }

    // A segment that is gone by now, or damaged, gives what can be had of it.
    private byte[]? Next(SegmentExport export, SegmentInfo segment)
    {
        if (store.Readers.Rent(segment.File) is not { } reader)
        {
            return null;
        }

        try
        {
            return export.Next(reader);
        }
        catch (StoreException)
        {
            reader.IsSpent = true;
            return null;
        }
        finally
        {
            store.Readers.Return(reader);
        }
    }

    private byte[] Describe(ExportFilter filter)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("what", "Telemetry of a Stack dashboard as OTLP JSON.");
            json.WriteString("exportedAt", time.GetUtcNow());
            json.WriteStartArray("resources");
            foreach (var name in filter.Resources)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteString("from", filter.From?.ToString("O"));
            json.WriteString("to", filter.To?.ToString("O"));
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
