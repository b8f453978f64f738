using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary><c>GET events</c>: a snapshot, then every change.</summary>
internal static class EventRoutes
{
    public static void Map(IEndpointRouteBuilder v1, ControlContext context) =>
        v1.MapGet("/events", (RequestDelegate)(request => StreamAsync(request, context)));

    private static async Task StreamAsync(HttpContext request, ControlContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.RequestAborted, context.Stopping);
        var after = long.TryParse(request.Request.Headers["Last-Event-ID"].ToString(), out var id) ? id : (long?)null;
        var stream = new EventStream(request, context.Time);
        await stream.BeginAsync(ending.Token).ConfigureAwait(false);

        await stream.PumpAsync(context.Control.WatchAsync(after, ending.Token), item => Add(stream, item), ending).ConfigureAwait(false);
    }

    private static void Add(EventStream stream, StackEvent item)
    {
        switch (item)
        {
            case StackEvent.Snapshot snapshot:
                stream.Add("snapshot", item.Seq, snapshot.Status, ControlJson.Default.StackStatus);
                break;
            case StackEvent.StateChanged state:
                stream.Add("state", item.Seq, Change(item.Seq, state.Resource), ControlJson.Default.ResourceChange);
                break;
            case StackEvent.HealthChanged health:
                stream.Add("health", item.Seq, Change(item.Seq, health.Resource), ControlJson.Default.ResourceChange);
                break;
            case StackEvent.TrafficChanged traffic:
                stream.Add("traffic", item.Seq, Change(item.Seq, traffic.Resource), ControlJson.Default.ResourceChange);
                break;
            case StackEvent.RolloutChanged rollout:
                stream.Add("rollout", item.Seq, Change(item.Seq, rollout.Resource), ControlJson.Default.ResourceChange);
                break;
            case StackEvent.Sampled sampled:
                stream.Add("sample", null, new StackSample { Seq = item.Seq, Samples = sampled.Samples }, ControlJson.Default.StackSample);
                break;
            case StackEvent.Alert alert:
                stream.Add("alert", item.Seq, Described(alert), ControlJson.Default.StackAlert);
                break;
            default:
                // Without an id: who breaks off between gap and snapshot must not resume behind the gap.
                stream.Add("gap", null, new EventGap { Seq = item.Seq }, ControlJson.Default.EventGap);
                break;
        }
    }

    private static StackAlert Described(StackEvent.Alert alert)
        => new() { Seq = alert.Seq, Time = alert.Time, Resource = alert.Resource, Replica = alert.Replica, Text = alert.Text };

    private static ResourceChange Change(long seq, ResourceStatus resource) => new() { Seq = seq, Resource = resource };
}
