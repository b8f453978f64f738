using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Stack.Dashboard.Web.Control;
using Stack.Dashboard.Web.Pages;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Web.Live;

/// <summary>
/// <c>GET /live?topics=health,logs,traces,console</c>: one stream of server-sent events per page, with whatever it shows. One, because a browser
/// opens about six connections to a host, for all its tabs together.
/// </summary>
internal static class LiveEndpoint
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    public static void MapLive(this IEndpointRouteBuilder routes)
    {
        var live = routes.MapGroup("/live").RequireAuthorization(BrowserSignIn.Policy);
        live.MapGet("", Open);
        live.MapGet("/session", () => Results.NoContent());
    }

    private static IResult Open(
        string? topics, string? name, string? place, [AsParameters] LogRequest logs, TraceRequest traces, HttpContext context, LiveTopics sources, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        var streams = new List<Func<CancellationToken, IAsyncEnumerable<LiveEvent>>>();
        foreach (var topic in (topics ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct())
        {
            switch (topic)
            {
                case "health":
                    streams.Add(token => sources.HealthAsync(viewer, token));
                    break;
                case "logs":
                    streams.Add(token => sources.LogsAsync(logs, viewer, token));
                    break;
                case "traces":
                    streams.Add(token => sources.TracesAsync(traces, token));
                    break;
                case "tick":
                    streams.Add(sources.TicksAsync);
                    break;
                case "console" when !string.IsNullOrEmpty(name):
                    streams.Add(token => sources.ConsoleAsync(name, logs.Text?.Trim(), ConsolePlace.Parse(place), viewer, token));
                    break;
                default:
                    return Results.Problem($"There is no topic '{topic}'. Known: health, logs, traces, tick, console (with name=…).", statusCode: StatusCodes.Status400BadRequest);
            }
        }

        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(MergeAsync(streams, time, lifetime.ApplicationStopping, context.RequestAborted));
    }

    /// <summary>Runs all sources at once into one stream; it ends with the request or with the dashboard.</summary>
    private static async IAsyncEnumerable<SseItem<string>> MergeAsync(
        List<Func<CancellationToken, IAsyncEnumerable<LiveEvent>>> streams, TimeProvider time, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);

        // A reader that is slow makes the sources wait; each of them then skips to what is newest in its own way.
        var channel = Channel.CreateBounded<LiveEvent>(16);
        var pumps = streams.Append(token => PingAsync(time, token)).Select(stream => PumpAsync(stream(ended.Token), channel.Writer, ended.Token)).ToList();
        try
        {
            while (await WaitAsync(channel.Reader, ended.Token))
            {
                while (channel.Reader.TryRead(out var item))
                {
                    yield return new SseItem<string>(item.Json, item.Kind) { EventId = item.Id };
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(pumps);
        }
    }

    private static async Task PumpAsync(IAsyncEnumerable<LiveEvent> source, ChannelWriter<LiveEvent> target, CancellationToken token)
    {
        try
        {
            await foreach (var item in source.WithCancellation(token))
            {
                await target.WriteAsync(item, token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
        catch (Exception e)
        {
            target.TryComplete(e);
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<LiveEvent> reader, CancellationToken token)
    {
        try
        {
            return await reader.WaitToReadAsync(token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Tells the page now and then that the stream lives; the first one at once, so that it knows that it is connected.</summary>
    private static async IAsyncEnumerable<LiveEvent> PingAsync(
        TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PingInterval, time);
        do
        {
            yield return new LiveEvent("ping", "{}");
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}

/// <summary>One event for a page.</summary>
/// <param name="Kind">Its topic, or <c>gap</c> or <c>ping</c>.</param>
/// <param name="Json">What it carries.</param>
/// <param name="Id">From where to go on after it; null: the page does not need it.</param>
internal readonly record struct LiveEvent(string Kind, string Json, string? Id = null);
