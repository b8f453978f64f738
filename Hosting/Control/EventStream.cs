using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Stack.Hosting.Control;

/// <summary>Writes one answer of server-sent events, with a comment when nothing was sent for a while, so that both ends notice when the other has gone.</summary>
internal sealed class EventStream(HttpContext context, TimeProvider time)
{
    /// <summary>After so long without an event a comment is sent.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    public const string MediaType = "text/event-stream";

    private readonly StringBuilder _text = new();

    public Task BeginAsync(CancellationToken cancellationToken)
    {
        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Adds one event to what the next <see cref="SendAsync"/> sends.</summary>
    public void Add<T>(string kind, long? id, T data, JsonTypeInfo<T> type)
    {
        if (id is not null)
        {
            _text.Append("id: ").Append(id).Append('\n');
        }

        // JSON has no raw line breaks, so one data field takes it.
        _text.Append("event: ").Append(kind).Append("\ndata: ").Append(JsonSerializer.Serialize(data, type)).Append("\n\n");
    }

    /// <summary>Sends what was added.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        await context.Response.Body.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task CommentAsync(CancellationToken cancellationToken)
    {
        _text.Append(":\n\n");
        return SendAsync(cancellationToken);
    }

    /// <summary>Writes all that a source yields; sends a comment each 15 s while it yields nothing.</summary>
    /// <param name="source">Is cancelled by <paramref name="ending"/>.</param>
    /// <param name="add">Adds one item by <see cref="Add"/>.</param>
    /// <param name="ending">Cancelled here when the answer can't be written any more.</param>
    public async Task PumpAsync<T>(IAsyncEnumerable<T> source, Action<T> add, CancellationTokenSource ending)
    {
        var items = source.GetAsyncEnumerator(ending.Token);
        var next = Task.FromResult(false);
        try
        {
            while (true)
            {
                next = items.MoveNextAsync().AsTask();
                await KeepAliveAsync(next, ending.Token).ConfigureAwait(false);
                if (!await next.ConfigureAwait(false))
                {
                    return;
                }

                add(items.Current);
                await SendAsync(ending.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            // An enumerator may only be disposed when no move is under way.
            await ending.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task KeepAliveAsync(Task next, CancellationToken cancellationToken)
    {
        while (!next.IsCompleted)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var quiet = Task.Delay(Quiet, time, enough.Token);
            if (await Task.WhenAny(next, quiet).ConfigureAwait(false) == next || !quiet.IsCompletedSuccessfully)
            {
                await enough.CancelAsync().ConfigureAwait(false);
                return;
            }

            await CommentAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
