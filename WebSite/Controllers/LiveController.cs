using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Stack.ServiceDefaults;
using WebSite.Data;
using WebSite.Live;

namespace WebSite.Controllers;

/// <summary>New messages as they come, and what becomes of old ones. A reader says what it saw last, so that any replica can go on where another one stopped.</summary>
[Route("/live")]
public sealed class LiveController(BoardHead head, LiveMessages messages, InstanceIdentity identity, IHostApplicationLifetime lifetime, TimeProvider time) : Controller
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    /// <summary>A stream of events: <c>message</c> and <c>change</c> with their JSON, and the reader's position as the event's id, <c>hello</c> at the start, <c>alive</c> when nothing comes for 15 s.</summary>
    /// <param name="lastEventId">What an EventSource sends when it comes back; it wins.</param>
    /// <param name="after">The last message that the reader has; without it the stream begins with what comes next.</param>
    /// <param name="change">The last change that it has; without it the reader gets no changes.</param>
    [HttpGet("events")]
    public IResult Events([FromHeader(Name = "Last-Event-ID")] string? lastEventId, long? after, long? change)
    {
        if (!ModelState.IsValid)
        {
            return TypedResults.BadRequest();
        }

        // Nginx and its like would else collect events until a buffer is full.
        Response.Headers["X-Accel-Buffering"] = "no";
        var reader = Position.Parse(lastEventId) ?? (after is { } message ? new Position(message, change) : null);
        return TypedResults.ServerSentEvents(StreamAsync(reader, HttpContext.RequestAborted));
    }

    /// <summary>Answers <c>{"cursor":42,"messages":[…],"change":7,"changes":[…]}</c> as soon as there is something after what the reader has, and with empty lists after some seconds.</summary>
    /// <param name="options">How long it waits.</param>
    /// <param name="after">The last message that the reader has; without it the answer comes at once, with what to begin with.</param>
    /// <param name="change">The last change that it has; without it the reader gets no changes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [HttpGet("messages")]
    public async Task<IActionResult> Messages([FromServices] IOptions<BoardOptions> options, long? after, long? change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        Response.Headers.CacheControl = "no-store";
        if (after is not { } message)
        {
            return Json(Nothing(await messages.NewestAsync(cancellationToken)));
        }

        using var entered = head.Enter();
        using var limit = Linked(cancellationToken);
        var reader = new Position(message, change);
        while (await NewerAsync(reader, options.Value.LongPoll, limit.Token) is { } newest)
        {
            var batch = await messages.ReadAsync(reader, newest, cancellationToken);
            if (batch is not { Messages.Count: 0, Changes.Count: 0 })
            {
                return Json(batch);
            }

            reader = batch.Position;
        }

        return Json(Nothing(reader));
    }

    private static LiveBatch Nothing(Position reader) => new(reader.Message, [], reader.Change, []);

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(Position? after, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var entered = head.Enter();
        using var ending = Linked(aborted);
        var reader = after ?? await messages.NewestAsync(aborted);
        yield return new SseItem<string>(identity.Name, "hello") { ReconnectionInterval = ReconnectAfter };

        // A replica that stops ends its streams; the reader goes on with another one.
        while (!ending.IsCancellationRequested)
        {
            if (await NewerAsync(reader, Heartbeat, ending.Token) is not { } newest)
            {
                yield return new SseItem<string>("", "alive");
                continue;
            }

            var batch = await messages.ReadAsync(reader, newest, aborted);
            foreach (var message in batch.Messages)
            {
                yield return Item("message", message, reader with { Message = message.Id });
            }

            // One that has not had them all, when its stream is cut, gets them again.
            foreach (var (index, changed) in batch.Changes.Index())
            {
                yield return Item("change", changed, index == batch.Changes.Count - 1 ? batch.Position : null);
            }

            reader = batch.Position;
        }
    }

    private static SseItem<string> Item<T>(string kind, T data, Position? reader) => new(JsonSerializer.Serialize(data, JsonSerializerOptions.Web), kind) { EventId = reader?.ToString() };

    /// <returns>The newest; null: nothing came in that time, or the replica stops.</returns>
    private async Task<Position?> NewerAsync(Position reader, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(wait, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await head.PastAsync(reader, both.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private CancellationTokenSource Linked(CancellationToken aborted) => CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
}
