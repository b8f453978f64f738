using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Queries.Export;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Data;

/// <summary>Downloads: everything as a zip of OTLP JSON, and the records that a page shows with exactly its filter. All are streamed.</summary>
internal static class ExportEndpoints
{
    private const int PageRows = 1000;
    private const int PageTraces = 50;

    public static void MapExports(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/export/telemetry.zip", Telemetry);
        pages.MapGet("/export/support.zip", Support);
        pages.MapGet("/export/traces.json", Traces);
        pages.MapGet("/export/logs.csv", (HttpContext context, [AsParameters] LogRequest request, LogQueries queries) =>
            Logs(context, request, queries, "csv", "text/csv; charset=utf-8", LogFile.CsvHeader, LogFile.WriteCsv));
        pages.MapGet("/export/logs.ndjson", (HttpContext context, [AsParameters] LogRequest request, LogQueries queries) =>
            Logs(context, request, queries, "ndjson", "application/x-ndjson", "", LogFile.WriteJson));
    }

    /// <summary>Marks the answer as a file with a name that tells when it was made.</summary>
    public static void Name(HttpContext context, string what, string extension)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture, $"{what}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.{extension}");
        context.Response.Headers.ContentDisposition = new ContentDisposition { FileName = name, Inline = false }.ToString();
    }

    private static PushStreamHttpResult Telemetry(
        HttpContext context, [FromQuery(Name = "resource")] string[] resource, string? range, string? from, string? to, TelemetryExport export, TimeProvider time)
    {
        // Without a range all of it, which no range that is offered means.
        var chosen = TimeRange.Parse(range, from, to, time.GetUtcNow(), "7d");
        var filter = new ExportFilter
        {
            Resources = [.. resource.Where(name => !string.IsNullOrWhiteSpace(name))],
            From = chosen.IsChosen ? chosen.From : null,
            To = chosen.IsChosen ? chosen.To : null,
        };
        Name(context, "telemetry", "zip");
        return TypedResults.Stream(
            async body =>
            {
                await using var zip = await OpenAsync(context, body);
                await export.WriteAsync(zip, filter, context.RequestAborted);
            },
            MediaTypeNames.Application.Zip);
    }

    private static PushStreamHttpResult Support(HttpContext context, SupportBundle bundle)
    {
        Name(context, "support", "zip");
        return TypedResults.Stream(
            async body =>
            {
                await using var zip = await OpenAsync(context, body);
                await bundle.WriteAsync(zip, context.RequestAborted);
            },
            MediaTypeNames.Application.Zip);
    }

    private static PushStreamHttpResult Traces(HttpContext context, TraceRequest request, TraceQueries traces, TimeProvider time)
    {
        Name(context, "traces", "json");
        return TypedResults.Stream(
            async body =>
            {
                await using var json = new Utf8JsonWriter(body);
                json.WriteStartObject();
                json.WriteStartArray("resourceSpans");
                for (var filter = request.Filter(time.GetUtcNow()) with { Before = null, Whole = true, Limit = PageTraces }; filter is not null;)
                {
                    var page = await traces.FindAsync(filter, context.RequestAborted);
                    OtlpJsonWriter.WriteSenders(json, page.Traces.SelectMany(trace => trace.Spans));
                    await json.FlushAsync(context.RequestAborted);
                    if (page.IsPartial && page.Next is null)
                    {
                        // Half a file must not look like a whole one.
                        context.Abort();
                        return;
                    }

                    filter = page.Next is { } next ? filter with { Before = next } : null;
                }

                json.WriteEndArray();
                json.WriteEndObject();
            },
            MediaTypeNames.Application.Json);
    }

    private static PushStreamHttpResult Logs(
        HttpContext context, LogRequest request, LogQueries queries, string extension, string mediaType, string header, Action<IBufferWriter<byte>, LogRow> write)
    {
        Name(context, "logs", extension);
        return TypedResults.Stream(
            async body =>
            {
                var buffer = new ArrayBufferWriter<byte>(256 << 10);
                buffer.Write(System.Text.Encoding.UTF8.GetBytes(header));
                await foreach (var row in ReadAsync(request.Filter(), queries, context))
                {
                    write(buffer, row);
                    if (buffer.WrittenCount > 128 << 10)
                    {
                        await FlushAsync(buffer, body, context.RequestAborted);
                    }
                }

                await FlushAsync(buffer, body, context.RequestAborted);
            },
            mediaType);
    }

    private static Task<ZipArchive> OpenAsync(HttpContext context, Stream body)
    {
        // The archive writes the few bytes of its headers synchronously, whatever it is asked.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        return ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, null, context.RequestAborted);
    }

    private static async IAsyncEnumerable<LogRow> ReadAsync(LogFilter filter, LogQueries queries, HttpContext context)
    {
        var last = 0L;
        while (true)
        {
            var page = await queries.FindAsync(filter with { AfterId = last, BeforeId = null, Limit = PageRows, CountUpTo = 0 }, context.RequestAborted);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            if (page.Rows.Count == 0 && page.IsPartial)
            {
                // Half a file must not look like a whole one.
                context.Abort();
                yield break;
            }

            if (!page.HasNewer && !page.IsPartial)
            {
                yield break;
            }

            last = page.Rows[^1].Id;
        }
    }

    private static async Task FlushAsync(ArrayBufferWriter<byte> buffer, Stream body, CancellationToken ct)
    {
        await body.WriteAsync(buffer.WrittenMemory, ct);
        buffer.ResetWrittenCount();
    }
}
