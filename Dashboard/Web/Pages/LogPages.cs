using System.Globalization;
using System.Text.Json;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Charts;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Asks for what the structured logs page shows.</summary>
internal sealed class LogPages(LogQueries queries, LogFigures figures, TelemetryStore store, TimeProvider time)
{
    /// <summary>A page comes after about so long, with what was found until then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan ChartPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TemplatePatience = TimeSpan.FromSeconds(3);
    private const int AroundRows = 5;
    private const int MaxBars = 72;

    public async Task<LogsModel> PageAsync(LogRequest request, Viewer viewer, CancellationToken ct)
    {
        var range = request.Times(time.GetUtcNow());
        var listing = queries.FindAsync(request.Filter(range) with { BeforeId = request.BeforeId, Limit = request.IsByTemplate ? 1 : LogRequest.PageSize }, ct, Patience);
        var charting = HistogramAsync(request, ct);
        var templates = request.IsByTemplate ? await figures.TemplatesAsync(request.Filter(range), TemplatePatience, ct) : null;
        var record = request.RecordId is null ? null : await RecordAsync(request, viewer, ct);
        var found = await listing;
        return new LogsModel
        {
            Lines = templates is null ? [.. found.Rows.Reverse().Select(row => LogLineModel.From(row, viewer, request.Columns))] : [],
            Columns = request.Columns,
            TotalCount = found.TotalCount,
            IsCounted = found.IsCounted,
            IsPartial = found.IsPartial,
            SearchedTo = found.SearchedTo is { } id ? viewer.Full(UnixTicks.ToTime(id))[..19] : null,
            FurtherAddress = found.SearchedTo is { } before ? request.Address(before) : null,
            IsByWholeWords = store.Options.FullText && request.Filter().Search.Terms.Any(term => term.Field is null),
            Problem = request.Filter().Search.Problem,
            IsOlderPage = request.BeforeId is not null,
            IsLive = request.BeforeId is null && !request.IsByTemplate && (!range.IsChosen || range.Relative is not null),
            IsFiltered = request.IsFiltered,
            Resources = ResourceChoice.From(TelemetryGroup.From(queries.Resources()), request.Resources),
            Level = request.KnownLevel,
            Text = request.Text,
            TraceId = string.IsNullOrWhiteSpace(request.TraceId) ? null : request.TraceId.Trim(),
            Range = range,
            Histogram = await charting,
            Templates = templates is null ? null : TemplatesModel.From(templates, request, viewer),
            Record = record,
            RecordMissing = request.RecordId is not null && record is null ? request.Address(request.BeforeId) : null,
            Query = request.Query(),
            ExportQuery = (request with { View = null, Col = [] }).Query(),
            ListAddress = (request with { View = null }).Address(),
            TemplatesAddress = (request with { View = "templates" }).Address(),
            RecordAddress = LogRecordModel.Start(request.Address(request.BeforeId)),
            FieldNames = [.. SearchFields.All, .. AttributeNames(found.Rows)],
            Cursor = found.UpToId.ToString(CultureInfo.InvariantCulture),
            OlderAddress = found.HasOlder && found.Rows.Count > 0 ? request.Address(found.Rows[0].Id) : null,
        };
    }

    /// <summary>The record that the request names, with what is around it; null when it is not there.</summary>
    public async Task<LogRecordModel?> RecordAsync(LogRequest request, Viewer viewer, CancellationToken ct)
    {
        if (request.RecordId is not { } id || await queries.FindAsync(id, ct) is not { } row)
        {
            return null;
        }

        var same = new LogFilter { Resources = [row.DisplayName], Limit = AroundRows, CountUpTo = 0 };
        var before = await queries.FindAsync(same with { BeforeId = id }, ct, Patience);
        var after = await queries.FindAsync(same with { AfterId = id }, ct, Patience);
        return LogRecordModel.From(row, [.. before.Rows, row, .. after.Rows], request, viewer);
    }

    /// <summary>Over the chosen range; else over all that is kept, as far as a week back.</summary>
    public async Task<HistogramModel> HistogramAsync(LogRequest request, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var range = request.Times(now) is { IsChosen: true } chosen ? chosen : Everything(now);
        var filter = request.Filter() with { From = range.From, To = range.To };
        var minutes = (int)range.Length.TotalMinutes;
        var counts = await figures.HistogramAsync(filter, minutes >= 30 ? Math.Min(minutes, MaxBars) : 60, ChartPatience, ct);
        return new HistogramModel(
            range,
            [
                new ChartBars("Error", "error", counts.Between(17, 24)), new ChartBars("Warning", "warning", counts.Between(13, 16)),
                new ChartBars("Information", "information", counts.Between(9, 12)), new ChartBars("Below", "debug", counts.Between(0, 8)),
            ],
            string.Create(CultureInfo.InvariantCulture, $"{counts.Total:N0} records by level, {counts.Between(17, 24).Sum():N0} of them errors"),
            counts.IsPartial);
    }

    private TimeRange Everything(DateTimeOffset now)
    {
        var segments = store.Catalogue.Segments.Where(segment => segment.Logs > 0).ToList();
        var oldest = segments.Count > 0 ? UnixTicks.ToTime(segments.Min(segment => Math.Max(segment.MinTs, 0))) : now;
        var from = new[] { oldest, now - TimeSpan.FromMinutes(30) }.Min();
        return new TimeRange { From = new[] { from, now - TimeSpan.FromDays(7) }.Max(), To = now };
    }

    private static IEnumerable<string> AttributeNames(IReadOnlyList<LogRow> rows)
    {
        var names = new HashSet<string>();
        foreach (var row in rows.TakeLast(20))
        {
            using var document = JsonDocument.Parse(row.AttributesJson, new JsonDocumentOptions { MaxDepth = 256 });
            names.UnionWith(document.RootElement.EnumerateObject().Select(property => property.Name));
        }

        return names.Order(StringComparer.OrdinalIgnoreCase).Take(100);
    }
}
