using System.Buffers;
using System.Text.Json;

namespace Stack.Dashboard.Web.Api;

/// <summary>Writes objects, one a line, and sees that they leave at once.</summary>
internal static class NdjsonLines
{
    /// <summary>Lets a follower run until it goes away or the dashboard stops.</summary>
    public static async Task FollowAsync(Stream body, Func<CancellationToken, Task> follow, CancellationToken stopping, CancellationToken aborted)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        try
        {
            // The headers at once: a follower of something quiet must see that it is connected.
            await body.FlushAsync(ending.Token);
            await follow(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // That is its end.
        }
    }

    public static async Task WriteAsync<T>(Stream body, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write, CancellationToken ct)
    {
        if (items.Count == 0)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(1024 * items.Count);
        await using (var json = new Utf8JsonWriter(buffer))
        {
            foreach (var item in items)
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
                json.Flush();
                json.Reset();
                buffer.Write("\n"u8);
            }
        }

        await body.WriteAsync(buffer.WrittenMemory, ct);
        await body.FlushAsync(ct);
    }
}
