using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults;
using WebSite.Data;
using WebSite.Live;

namespace WebSite.Controllers;

/// <summary>New messages as they come. A reader says which one it saw last, so that any replica can go on where another one stopped.</summary>
[Route("/live")]
public sealed class LiveController(BoardHead head, LiveMessages messages, InstanceIdentity identity, IHostApplicationLifetime lifetime, TimeProvider time) : Controller
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    /// <summary>A stream of events: <c>message</c> with the message as JSON and its number as the event's id, <c>hello</c> at the start, <c>alive</c> when nothing comes for 15 s.</summary>
    /// <param name="lastEventId">What an EventSource sends when it comes back; it wins.</param>
    /// <param name="after">The last message that the reader has; without it the stream begins with the next message.</param>
    [HttpGet("events")]
    public IResult Events([FromHeader(Name = "Last-Event-ID")] string? lastEventId, long? after)
    {
        if (!ModelState.IsValid)
        {
            return TypedResults.BadRequest();
        }

        // Nginx and its like would else collect events until a buffer is full.
        Response.Headers["X-Accel-Buffering"] = "no";
        var cursor = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : after;
        return TypedResults.ServerSentEvents(StreamAsync(cursor, HttpContext.RequestAborted));
    }

    /// <summary>Answers <c>{"cursor":42,"messages":[…]}</c> as soon as there is something after the cursor, and with an empty list after some seconds.</summary>
    /// <param name="options">How long it waits.</param>
    /// <param name="after">The last message that the reader has; without it the answer comes at once, with the cursor to begin with.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [HttpGet("messages")]
    public async Task<IActionResult> Messages([FromServices] IOptions<BoardOptions> options, long? after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        Response.Headers.CacheControl = "no-store";
        if (after is not { } cursor)
        {
            return Json(new LiveBatch(await messages.NewestAsync(cancellationToken), []));
        }

        using var reader = head.Enter();
        using var limit = Linked(cancellationToken);
        while (await NewerAsync(cursor, options.Value.LongPoll, limit.Token) is { } newest)
        {
            var batch = await messages.ReadAsync(cursor, newest, cancellationToken);
            if (batch.Messages.Count > 0)
            {
                return Json(batch);
            }

            cursor = batch.Cursor;
        }

        return Json(new LiveBatch(cursor, []));
    }

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(long? after, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var reader = head.Enter();
        using var ending = Linked(aborted);
        var cursor = after ?? await messages.NewestAsync(aborted);
        yield return new SseItem<string>(identity.Name, "hello") { ReconnectionInterval = ReconnectAfter };

        // A replica that stops ends its streams; the reader goes on with another one.
        while (!ending.IsCancellationRequested)
        {
            if (await NewerAsync(cursor, Heartbeat, ending.Token) is not { } newest)
            {
                yield return new SseItem<string>("", "alive");
                continue;
            }

            var batch = await messages.ReadAsync(cursor, newest, aborted);
            foreach (var message in batch.Messages)
            {
                yield return new SseItem<string>(JsonSerializer.Serialize(message, JsonSerializerOptions.Web), "message") { EventId = $"{message.Id}" };
            }

            cursor = batch.Cursor;
        }
    }

    /// <returns>The newest id; null: nothing came in that time, or the replica stops.</returns>
    private async Task<long?> NewerAsync(long cursor, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wait, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await head.PastAsync(cursor, both.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private CancellationTokenSource Linked(CancellationToken aborted) => CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
}
