using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Control;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Api;

/// <summary>The figures of all instances for scripts and agents: <c>GET /api/telemetry/overview</c>.</summary>
internal static class OverviewApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("overview", ReadAsync);

    private static async Task<IResult> ReadAsync(HttpContext context, OverviewQueries queries, StackWatch watch, TimeProvider time)
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
        return TypedResults.Json(OverviewReply.Of(figures, watch.Current));
    }
}

/// <summary>The answer: seconds, shares from 0 to 1, bytes; null where nothing is known.</summary>
internal sealed record OverviewReply(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<InstanceReply> Instances, IReadOnlyList<GatewayReply> Gateways)
{
    public static OverviewReply Of(OverviewFigures figures, StackView view)
    {
        var known = view.Resources.SelectMany(r => r.Replicas.Select(i => (Resource: r.Name, Replica: i))).ToLookup(r => r.Replica.Name);
        List<InstanceFigures> instances = [.. figures.Instances.Where(i => !known[i.Name].Any(k => k.Replica.IsDone)).OrderBy(i => i.Name, NaturalOrder.Instance)];
        var odd = instances.GroupBy(i => known[i.Name].FirstOrDefault().Resource ?? i.Service ?? i.Name)
            .SelectMany(group => OddOneOut.Find([.. group.Select(OddOneOut.MeasuresOf)]))
            .ToLookup(o => o.Name);
        return new OverviewReply(
            UnixTicks.ToTime(figures.Since),
            UnixTicks.ToTime(figures.Window.Now),
            [.. instances.Select(i => InstanceReply.Of(i, figures.Since, known[i.Name].FirstOrDefault().Replica?.Pss, odd[i.Name]))],
            [.. figures.Gateways.Select(g => new GatewayReply(g.Name, RequestsReply.Of(g.Answered, figures.Since)!, ConnectionsReply.Of(g.Connections)))]);
    }
}

/// <param name="Pss">Of the memory, what it really costs now, shared pages divided among those who share them: the AppHost's word, whatever the window is.</param>
internal sealed record InstanceReply(
    string Name, string? Service, RequestsReply? Served, RequestsReply? SentByGateway, double? Cpu, double? Memory, long? Pss, IReadOnlyList<OddReply> Odd)
{
    public static InstanceReply Of(InstanceFigures instance, long since, long? pss, IEnumerable<Oddity> odd) => new(
        instance.Name, instance.Service, RequestsReply.Of(instance.Served, since), RequestsReply.Of(instance.Tried, since), instance.Usage?.Cpu, instance.Usage?.Memory,
        pss, [.. odd.Select(o => new OddReply(o.Measure.ToString(), o.Value, o.Others))]);
}

internal sealed record GatewayReply(string Name, RequestsReply Answered, ConnectionsReply? Connections);

/// <summary>Connections of a gateway's clients at the end of the window.</summary>
/// <param name="AcceptedPerSecond">New ones, on average over the window.</param>
/// <param name="Refused">New ones in the window for which the gateway had no room.</param>
internal sealed record ConnectionsReply(double Active, double? Reading, double? Writing, double? Waiting, double? AcceptedPerSecond, double Refused)
{
    public static ConnectionsReply? Of(ConnectionFigures? connections) => connections?.Open is not { } open
        ? null
        : new ConnectionsReply(open, connections.Reading, connections.Writing, connections.Waiting, connections.Accepted, Math.Round(connections.Refused));
}

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
