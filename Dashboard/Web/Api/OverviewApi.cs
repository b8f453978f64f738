using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Api;

/// <summary>The figures of all instances for scripts and agents: <c>GET /api/telemetry/overview</c>.</summary>
internal static class OverviewApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("overview", ReadAsync);

    private static async Task<IResult> ReadAsync(HttpContext context, OverviewQueries queries, TimeProvider time)
    {
        var query = new ApiQuery(context.Request.Query);
        var key = context.Request.Query["range"].LastOrDefault();
        if (!string.IsNullOrEmpty(key) && TimeRange.Offered.All(o => o.Key != key))
        {
            throw new BadQueryException($"Parameter 'range' is '{key}', which is not offered. Ranges: {string.Join(", ", TimeRange.Offered.Select(o => o.Key))}.");
        }

        var now = time.GetUtcNow();
        var (from, to) = (query.Time("from"), query.Time("to") ?? now);
        if (from >= to)
        {
            throw new BadQueryException("Parameter 'from' is not before 'to'.");
        }

        var range = TimeRange.Parse(key, from?.ToString("O"), to.ToString("O"), now, OverviewEndpoints.DefaultRange);
        var figures = await queries.ReadAsync(OverviewWindow.Of(range.From, range.To, now), context.RequestAborted);
        return TypedResults.Json(OverviewReply.Of(figures));
    }
}

/// <summary>The answer: seconds, shares from 0 to 1, bytes; null where nothing is known.</summary>
internal sealed record OverviewReply(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<InstanceReply> Instances, IReadOnlyList<GatewayReply> Gateways)
{
    public static OverviewReply Of(OverviewFigures figures)
    {
        var odd = figures.Instances.GroupBy(i => i.Service)
            .SelectMany(group => OddOneOut.Find([.. group.Select(OddOneOut.MeasuresOf)]))
            .ToLookup(o => o.Name);
        return new OverviewReply(
            UnixTicks.ToTime(figures.Since),
            UnixTicks.ToTime(figures.Window.Now),
            [.. figures.Instances.OrderBy(i => i.Name, NaturalOrder.Instance).Select(i => InstanceReply.Of(i, figures.Since, odd[i.Name]))],
            [.. figures.Gateways.Select(g => new GatewayReply(g.Name, RequestsReply.Of(g.Answered, figures.Since)!))]);
    }
}

internal sealed record InstanceReply(
    string Name, string? Service, RequestsReply? Served, RequestsReply? SentByGateway, double? Cpu, double? Memory, IReadOnlyList<OddReply> Odd)
{
    public static InstanceReply Of(InstanceFigures instance, long since, IEnumerable<Oddity> odd) => new(
        instance.Name, instance.Service, RequestsReply.Of(instance.Served, since), RequestsReply.Of(instance.Tried, since), instance.Usage?.Cpu, instance.Usage?.Memory,
        [.. odd.Select(o => new OddReply(o.Measure.ToString(), o.Value, o.Others))]);
}

internal sealed record GatewayReply(string Name, RequestsReply Answered);

internal sealed record OddReply(string Measure, double Value, double MedianOfOthers);

/// <param name="Count">Requests; of the gateway to an instance: tries.</param>
/// <param name="PerSecond">On average.</param>
/// <param name="Errors">Those with a status of 500 or above, or without an answer.</param>
/// <param name="AnsweredElsewhere">Tries after which another instance was asked.</param>
/// <param name="P50">In seconds.</param>
/// <param name="P95">In seconds.</param>
/// <param name="P99">In seconds.</param>
internal sealed record RequestsReply(double Count, double PerSecond, double Errors, double AnsweredElsewhere, double? P50, double? P95, double? P99)
{
    public static RequestsReply? Of(RequestFigures? requests, long since) => requests is null
        ? null
        : new RequestsReply(
            Math.Round(requests.Count), requests.Rate(since), Math.Round(requests.Errors), Math.Round(requests.AskedAnother),
            requests.Percentile(0.5), requests.Percentile(0.95), requests.Percentile(0.99));
}
