using Stack.Dashboard.Queries;
using Stack.Dashboard.Queries.Metrics;

namespace Stack.Dashboard.Web.Api;

/// <summary>
/// Metrics for scripts and agents: <c>GET /api/telemetry/metrics</c> lists the instruments, and with <c>name</c> gives the points of one as OTLP JSON.
/// </summary>
internal static class MetricsApi
{
    private const int DefaultLimit = 1000;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromMinutes(15);

    public static void Map(RouteGroupBuilder api) => api.MapGet("metrics", FindAsync);

    private static async Task<IResult> FindAsync(HttpContext context, MetricQueries metrics, LogQueries queries, TimeProvider time)
    {
        var query = new ApiQuery(context.Request.Query);
        var to = query.Time("to") ?? time.GetUtcNow().AddSeconds(1);
        var from = query.Time("from") ?? to - DefaultRange;
        if (from >= to)
        {
            throw new BadQueryException($"Parameter 'from' ({from:O}) is not before 'to' ({to:O}).");
        }

        if (ApiReply.Unknown(query.Resources, queries) is { } unknown)
        {
            return unknown;
        }

        if (query.Text("name") is not { } name)
        {
            var list = await metrics.InstrumentsAsync(
                new InstrumentFilter { From = from, To = to, Resources = query.Resources, WithValues = true }, context.RequestAborted);
            return TypedResults.Json(list.Items.Select(InstrumentReply.Of));
        }

        var filter = new PointFilter
        {
            Instrument = name,
            Meter = query.Text("meter"),
            Resources = query.Resources,
            From = from,
            To = to,
            Limit = query.Limit(DefaultLimit),
        };
        var found = await metrics.PointsAsync(filter, context.RequestAborted);
        return ApiReply.Of(
            json => OtlpJsonWriter.WriteResourceMetrics(json, found.Points),
            new ReplyFigures(found.TotalCount, found.Points.Count, null, found.IsPartial),
            context.RequestAborted);
    }
}

/// <summary>One instrument as <c>GET /api/telemetry/metrics</c> lists it.</summary>
internal sealed record InstrumentReply(
    string Meter, string Name, string Unit, string Description, string Type, int Series, IReadOnlyList<string> Resources, DateTimeOffset? LastTime, double? LastValue)
{
    public static InstrumentReply Of(Instrument instrument) => new(
        instrument.Meter, instrument.Name, instrument.Unit, instrument.Description, instrument.Type, instrument.Series, instrument.Replicas, instrument.LastTime, instrument.LastValue);
}
