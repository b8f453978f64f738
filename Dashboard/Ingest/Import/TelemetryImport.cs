using System.IO.Compression;
using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest.Import;

/// <summary>
/// Takes the records of a zip of OTLP JSON into the store, marked as imported. All of it is read and checked before the first record is stored, so a zip that
/// is malformed somewhere leaves nothing behind.
/// </summary>
internal sealed class TelemetryImport(RowMapper mapper, TelemetryStore store, QueueBudget budget, StoreStatus status, TimeProvider time) : IDisposable
{
    public const long MaxZipBytes = 100L << 20;

    /// <summary>Attribute of every imported resource: when it was imported.</summary>
    public const string Mark = "stack.imported";

    // What an export writes about itself.
    private const string About = "export.json";
    private const int MaxBatch = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _one = new(1);

    /// <param name="zip">Can be sought.</param>
    /// <param name="ct">Ends it; what is stored by then stays.</param>
    /// <exception cref="ImportException">It cannot be imported.</exception>
    public async Task<ImportedCount> RunAsync(Stream zip, CancellationToken ct)
    {
        if (!await _one.WaitAsync(0, ct))
        {
            throw new ImportException("Another import is under way. Wait until it has ended.");
        }

        try
        {
            return await ReadAsync(zip, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<ImportedCount> ReadAsync(Stream stream, CancellationToken ct)
    {
        await using var zip = await OpenAsync(stream, ct);
        var found = await VisitAsync(zip, (_, _) => Task.CompletedTask, ct);
        if (found.Total == 0)
        {
            throw new ImportException("There is no telemetry in the zip: it holds no OTLP JSON with logs, traces or metrics.");
        }

        var stored = 0L;
        return await VisitAsync(
            zip,
            async (batch, token) =>
            {
                foreach (var part in Split(batch))
                {
                    await SubmitAsync(part, stored, found.Total, token);
                    stored += part.Count;
                }
            },
            ct);
    }

    private static async Task<ZipArchive> OpenAsync(Stream stream, CancellationToken ct)
    {
        try
        {
            var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, null, ct);
            _ = zip.Entries.Count;
            return zip;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IOException or NotSupportedException)
        {
            // The list at its end is damaged, or leads out of the file.
            throw new ImportException("This is not a zip that can be read.");
        }
    }

    private async Task<ImportedCount> VisitAsync(ZipArchive zip, Func<TelemetryBatch, CancellationToken, Task> visit, CancellationToken ct)
    {
        var reader = new ZipReader(zip);
        var mark = new KeyValue { Key = Mark, Value = new AnyValue { StringValue = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) } };
        var count = new ImportedCount(0, 0, 0);
        foreach (var entry in reader.Files().Where(entry => entry.FullName != About))
        {
            using var content = await reader.ReadAsync(entry, ct);
            var batch = Read(entry, content.Written, mark);
            count = new ImportedCount(count.Logs + batch.Logs.Count, count.Spans + batch.Spans.Count, count.Points + batch.Points.Count);
            await visit(batch, ct);
        }

        return count;
    }

    private TelemetryBatch Read(ZipArchiveEntry entry, ReadOnlyMemory<byte> json, KeyValue mark)
    {
        try
        {
            return SignalOf(json.Span) switch
            {
                Signal.Logs => mapper.Map(Marked(OtlpJsonReader.Read<ExportLogsRequest>(json.Span), request => request.ResourceLogs.Select(group => group.Resource ??= new Resource()), mark), "import").Batch,
                Signal.Traces => mapper.Map(Marked(OtlpJsonReader.Read<ExportTraceRequest>(json.Span), request => request.ResourceSpans.Select(group => group.Resource ??= new Resource()), mark), "import").Batch,
                _ => mapper.Map(Marked(OtlpJsonReader.Read<ExportMetricsRequest>(json.Span), request => request.ResourceMetrics.Select(group => group.Resource ??= new Resource()), mark), "import").Batch,
            };
        }
        catch (Exception e) when (e is IngestException or JsonException)
        {
            throw new ImportException($"The file '{ZipReader.Shown(entry)}' in the zip is not OTLP JSON: {e.Message} Nothing was imported.");
        }
    }

    private static T Marked<T>(T message, Func<T, IEnumerable<Resource>> resources, KeyValue mark)
        where T : IMessage
    {
        foreach (var resource in resources(message))
        {
            // Of a second import the last one counts.
            foreach (var earlier in resource.Attributes.Where(attribute => attribute.Key == Mark).ToList())
            {
                resource.Attributes.Remove(earlier);
            }

            resource.Attributes.Add(mark);
        }

        return message;
    }

    // By what is in the file, not by its name: other tools name theirs otherwise.
    private static Signal SignalOf(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8);
        json.Read();
        while (json.TokenType == JsonTokenType.StartObject ? json.Read() : json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.TokenType != JsonTokenType.PropertyName)
            {
                break;
            }

            var signal = json.ValueTextEquals("resourceLogs") ? Signal.Logs
                : json.ValueTextEquals("resourceSpans") ? Signal.Traces
                : json.ValueTextEquals("resourceMetrics") ? Signal.Metrics
                : Signal.None;
            if (signal != Signal.None)
            {
                return signal;
            }

            json.Skip();
            json.Read();
        }

        throw new JsonException("it has none of resourceLogs, resourceSpans and resourceMetrics.");
    }

    // A file may hold more than the writer's queue.
    private static IEnumerable<TelemetryBatch> Split(TelemetryBatch whole)
    {
        foreach (var logs in whole.Logs.Chunk(MaxBatch))
        {
            yield return TelemetryBatch.Of(logs, [], []);
        }

        foreach (var spans in whole.Spans.Chunk(MaxBatch))
        {
            yield return TelemetryBatch.Of([], spans, []);
        }

        foreach (var points in whole.Points.Chunk(MaxBatch))
        {
            yield return TelemetryBatch.Of([], [], points);
        }
    }

    private async Task SubmitAsync(TelemetryBatch batch, long stored, long all, CancellationToken ct)
    {
        if (status.NotStoringSince is not null)
        {
            throw new ImportException($"Nothing can be stored at the moment. {stored} of {all} records were imported; free space on the volume first.");
        }

        using var late = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        while (!budget.TryTake(batch.Count, batch.Bytes))
        {
            try
            {
                await Task.Delay(Pause, time, stop.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new ImportException($"The store took nothing for {Patience.TotalSeconds:0} s. {stored} of {all} records were imported; import the zip again when there is room.");
            }
        }

        store.Add(batch);
    }
}

/// <summary>How many records an import has brought.</summary>
internal sealed record ImportedCount(long Logs, long Spans, long Points)
{
    public long Total => Logs + Spans + Points;
}
