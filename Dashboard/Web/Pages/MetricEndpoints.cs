using Microsoft.AspNetCore.Http.HttpResults;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the metrics: the instruments, one of them over time, and the part of that page that is drawn anew.</summary>
internal static class MetricEndpoints
{
    private const int MaxPanels = 24;
    private const int MaxLines = 12;

    public static void MapMetrics(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/metrics", PageAsync);
        pages.MapGet("/metrics/resource/{name}", PageAsync);
        pages.MapGet("/metrics/meter/{meter}/instrument/{instrument}", PageAsync);
        pages.MapGet("/metrics/resource/{name}/meter/{meter}/instrument/{instrument}", PageAsync);
        pages.MapGet("/fragments/metrics", FragmentAsync);
    }

    private static async Task<IResult> PageAsync(
        HttpContext context, MetricQueries metrics, LogQueries queries, StoreStatus status, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = MetricRequest.Read(context, time.GetUtcNow());
        var address = request.Address();
        if (context.Request.Path == "/metrics" && !address.StartsWith("/metrics?", StringComparison.Ordinal) && address != "/metrics")
        {
            // A form was sent: every view has one address.
            return TypedResults.LocalRedirect(address);
        }

        var list = await metrics.InstrumentsAsync(
            new InstrumentFilter { From = request.Range.From, To = request.Range.To, Resources = ResourcesOf(request), WithValues = true }, cancellationToken);
        var model = new MetricsModel
        {
            Groups = MetricGroup.From(list.Items, request),
            Resources = TelemetryGroup.From(queries.Resources().Where(known => known.HasMetrics)),
            Resource = request.Resource,
            Range = request.Range,
            Find = request.Find,
            Kept = [.. request.Kept().Where(field => field.Name != "find")],
            Instrument = request.Instrument,
            Meter = request.Meter,
            ListAddress = (request with { Instrument = null, Stat = null, SplitBy = null, Dimensions = [], View = MetricView.Replica }).Address(),
            IsPartial = list.IsPartial,
            PointsBeyondCap = status.PointsBeyondCap,
            Chart = request.Instrument is null ? null : await ChartAsync(request, metrics, PageEndpoints.ViewerOf(context), cancellationToken),
        };
        return new RazorComponentResult<MetricsPage>(new { Model = model, Viewer = PageEndpoints.ViewerOf(context) });
    }

    private static async Task<IResult> FragmentAsync(HttpContext context, MetricQueries metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var request = MetricRequest.Read(context, time.GetUtcNow());
        var viewer = PageEndpoints.ViewerOf(context);
        return request.Instrument is null
            ? TypedResults.NotFound()
            : new RazorComponentResult<MetricPanel>(new { Model = await ChartAsync(request, metrics, viewer, cancellationToken), Viewer = viewer });
    }

    private static async Task<MetricChartModel> ChartAsync(MetricRequest request, MetricQueries metrics, Viewer viewer, CancellationToken cancellationToken)
    {
        var filter = new MetricFilter
        {
            Meter = request.Meter,
            Instrument = request.Instrument!,
            Axis = TimeAxis.Over(request.Range.From, request.Range.To),
            Resources = ResourcesOf(request),
            Dimensions = request.Dimensions,
            SplitBy = request.SplitBy,
            ByReplica = request.View != MetricView.Sum,
            MaxLines = request.View == MetricView.Multiples ? MaxPanels : MaxLines,
        };
        return MetricChartModel.From(request, await metrics.FindAsync(filter, cancellationToken), viewer);
    }

    private static IReadOnlyList<string> ResourcesOf(MetricRequest request) => request.Resource is null ? [] : [request.Resource];
}
