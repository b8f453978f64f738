using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>Reads console output from the control socket line by line.</summary>
internal sealed class ConsoleReader(ControlClient client)
{
    /// <summary>The last lines of a replica, or of all replicas of a resource; with <paramref name="follow"/> also those still to come.</summary>
    /// <exception cref="ControlRefusedException">The AppHost knows no such name.</exception>
    public async IAsyncEnumerable<ConsoleEntry> ReadAsync(
        string name, int? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await client.OpenLogsAsync(name, tail, follow, asLines: true, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var line in LinesAsync(body, cancellationToken))
        {
            yield return line;
        }
    }

    /// <summary>The lines of such a stream.</summary>
    public static async IAsyncEnumerable<ConsoleEntry> LinesAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = SseParser.Create(body, (kind, data) => kind is "line" ? JsonSerializer.Deserialize(data, ControlJson.Default.ConsoleLine) : null);
        await foreach (var item in events.EnumerateAsync(cancellationToken))
        {
            if (item.Data is { } line)
            {
                yield return new ConsoleEntry(line.Name, line.Time, line.Text) { IsTimeExact = line.IsTimeExact, Generation = line.Generation, Offset = line.Offset, IsGap = line.Dropped is not null };
            }
        }
    }
}

/// <summary>One line of console output.</summary>
/// <param name="Replica">The replica that wrote it.</param>
/// <param name="Time">When the AppHost read it.</param>
/// <param name="Text">The line, escape sequences included.</param>
internal sealed record ConsoleEntry(string Replica, DateTimeOffset Time, string Text)
{
    /// <summary>False: it was written at any time before <see cref="Time"/>.</summary>
    public bool IsTimeExact { get; init; }

    /// <summary>Of the process that wrote it; null: not known.</summary>
    public int? Generation { get; init; }

    /// <summary>Where it begins in all that the replica ever wrote.</summary>
    public long Offset { get; init; }

    /// <summary>It tells that something is missing.</summary>
    public bool IsGap { get; init; }
}
