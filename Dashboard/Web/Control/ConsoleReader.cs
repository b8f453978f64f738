using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>Reads console output from the control socket line by line, whichever form the AppHost sends it in.</summary>
internal sealed class ConsoleReader(ControlClient client, TimeProvider time)
{
    /// <summary>Bytes of a line after which it is shown as it is: one endless line must not fill the memory.</summary>
    internal const int MaxLineBytes = 32 * 1024;

    /// <summary>An unfinished line (a prompt, the last words of a dying process) is shown after this much silence.</summary>
    private static readonly TimeSpan PartialLineAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>The last lines of a replica, or of all replicas of a resource; with <paramref name="follow"/> also those still to come.</summary>
    /// <exception cref="ControlRefusedException">The AppHost knows no such name.</exception>
    public async IAsyncEnumerable<ConsoleEntry> ReadAsync(
        string name, int? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await client.OpenLogsAsync(name, tail, follow, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var lines = response.Content.Headers.ContentType?.MediaType is "text/event-stream"
            ? MergedAsync(body, cancellationToken)
            : RawAsync(name, body, cancellationToken);
        await foreach (var line in lines)
        {
            yield return line;
        }
    }

    /// <summary>The lines of the merged stream of a resource.</summary>
    public static async IAsyncEnumerable<ConsoleEntry> MergedAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = SseParser.Create(body, (kind, data) => kind is "line" ? JsonSerializer.Deserialize(data, ControlJson.Default.ConsoleLine) : null);
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            if (item.Data is { } line)
            {
                yield return new ConsoleEntry(line.Name, line.Time, line.Text);
            }
        }
    }

    private async IAsyncEnumerable<ConsoleEntry> RawAsync(
        string name, Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var splitter = new LineSplitter(MaxLineBytes);
        var buffer = new byte[16 * 1024];
        var ready = new List<string>();
        while (true)
        {
            var reading = body.ReadAsync(buffer, cancellationToken).AsTask();
            if (splitter.HasPartial && await SilentAsync(reading, cancellationToken))
            {
                yield return new ConsoleEntry(name, null, splitter.TakePartial());
            }

            var count = await reading;
            if (count == 0)
            {
                break;
            }

            splitter.Add(buffer.AsSpan(0, count), ready);
            foreach (var text in ready)
            {
                yield return new ConsoleEntry(name, null, text);
            }

            ready.Clear();
        }

        if (splitter.HasPartial)
        {
            yield return new ConsoleEntry(name, null, splitter.TakePartial());
        }
    }

    private async Task<bool> SilentAsync(Task reading, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(reading, Task.Delay(PartialLineAfter, time, waiting.Token));
        await waiting.CancelAsync();
        return first != reading;
    }
}

/// <summary>One line of console output.</summary>
/// <param name="Replica">The replica that wrote it.</param>
/// <param name="Time">When the AppHost read it; null where it sends bytes as they are.</param>
/// <param name="Text">The line, escape sequences included.</param>
internal sealed record ConsoleEntry(string Replica, DateTimeOffset? Time, string Text);
