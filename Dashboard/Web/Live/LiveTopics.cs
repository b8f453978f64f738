using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Control;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Live;

/// <summary>The sources of the live stream, one method per topic.</summary>
internal sealed class LiveTopics(StackWatch watch, LiveBus bus, ConsoleReader reader, TraceQueries traces, TimeProvider time)
{
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ConsoleRetry = TimeSpan.FromSeconds(1);

    /// <summary>What is there already comes in one piece, so that the page does not flicker when it is put in place.</summary>
    private static readonly TimeSpan FirstBatchAfter = TimeSpan.FromMilliseconds(80);

    private const int BatchLines = 500;

    private static readonly TimeSpan TraceInterval = TimeSpan.FromSeconds(1);
    private const int MostNewTraces = 100;

    /// <summary><c>health</c>: the stack changed. A page that shows more than the top bar fetches its fragment anew.</summary>
    public async IAsyncEnumerable<LiveEvent> HealthAsync(Viewer viewer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!viewer.HasControl)
        {
            yield break;
        }

        await foreach (var view in watch.ChangesAsync(cancellationToken))
        {
            yield return new LiveEvent("health", JsonSerializer.Serialize(PulseModel.From(view, viewer), LiveJson.Default.PulseModel));
            await Task.Delay(BatchInterval, time, cancellationToken);
        }
    }

    /// <summary><c>tick</c>: figures may have changed. A page that shows some fetches its fragment anew.</summary>
    public async IAsyncEnumerable<LiveEvent> TicksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            yield return new LiveEvent("tick", "{}");
        }
    }

    /// <summary><c>logs</c> and <c>gap</c>: records that match the filter, from the page's newest one on.</summary>
    public async IAsyncEnumerable<LiveEvent> LogsAsync(LogRequest request, Viewer viewer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in bus.SubscribeAsync(request.Filter(), request.AfterId, cancellationToken))
        {
            if (batch.Gap)
            {
                var gap = new GapModel(batch.Dropped > 0 ? batch.Dropped : null);
                yield return new LiveEvent("gap", JsonSerializer.Serialize(gap, LiveJson.Default.GapModel));
            }

            if (batch.Rows.Count > 0)
            {
                var lines = new LogBatch([.. batch.Rows.Select(row => LogLineModel.From(row, viewer, request.Columns))]);
                yield return new LiveEvent("logs", JsonSerializer.Serialize(lines, LiveJson.Default.LogBatch));
            }
        }
    }

    /// <summary><c>traces</c>: how many traces that match have come since the page was made. The page itself stays as it is.</summary>
    public async IAsyncEnumerable<LiveEvent> TracesAsync(TraceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = request.Filter(time.GetUtcNow()) with { Before = null, ByDuration = false, AfterId = request.AfterId, Limit = MostNewTraces };
        var (stored, told) = (-1L, 0);
        using var timer = new PeriodicTimer(TraceInterval, time);
        do
        {
            if (traces.Stored == stored)
            {
                continue;
            }

            stored = traces.Stored;
            var count = await traces.CountNewAsync(filter, cancellationToken);
            if (count != told)
            {
                told = count;
                var text = $"{(count == MostNewTraces ? $"{count - 1}+" : count)} new {(count == 1 ? "trace" : "traces")}";
                yield return new LiveEvent("traces", JsonSerializer.Serialize(new NewTraces(count, text), LiveJson.Default.NewTraces));
            }
        }
        while (told < MostNewTraces && await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>
    /// <c>lines</c>: console output in batches, from the page's place on. When the AppHost goes, the page keeps what it has and the AppHost is asked again
    /// until it answers.
    /// </summary>
    public async IAsyncEnumerable<LiveEvent> ConsoleAsync(
        string name, string? text, ConsolePlace place, Viewer viewer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var channel = Channel.CreateBounded<ConsoleEntry>(BatchLines);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var reading = ReadConsoleAsync(name, text, channel.Writer, ended.Token);
            var screen = new ConsoleScreen(watch, viewer, text);
            var reset = place.IsStart;
            var isFirst = true;
            var isLost = false;
            place.BeginAgain();
            try
            {
                while (!isLost && await channel.Reader.WaitToReadAsync(cancellationToken))
                {
                    if (isFirst)
                    {
                        await Task.Delay(FirstBatchAfter, time, cancellationToken);
                    }

                    var lines = new List<ConsoleLineModel>();
                    var read = 0;
                    while (!isLost && read < BatchLines && channel.Reader.TryRead(out var entry))
                    {
                        // Also what the page has is parsed: it may have set a colour.
                        var shown = screen.Lines(entry).ToList();
                        var step = place.Step(entry);
                        lines.AddRange(step is ConsoleStep.New ? shown : []);
                        isLost = step is ConsoleStep.Lost;
                        read++;
                    }

                    if (!isLost && (reset || lines.Count > 0))
                    {
                        yield return new LiveEvent("lines", JsonSerializer.Serialize(new ConsoleBatch(reset, lines), LiveJson.Default.ConsoleBatch), place.ToString());
                        reset = false;
                    }

                    isFirst = false;
                    await Task.Delay(read < BatchLines && !isLost ? BatchInterval : TimeSpan.Zero, time, cancellationToken);
                }
            }
            finally
            {
                await ended.CancelAsync();
                await reading;
            }

            if (isLost)
            {
                place.Forget();
                continue;
            }

            await Task.Delay(ConsoleRetry, time, cancellationToken);
        }
    }

    private async Task ReadConsoleAsync(string name, string? text, ChannelWriter<ConsoleEntry> target, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in reader.ReadAsync(name, ConsoleEndpoints.Tail(watch.Current, name, text), follow: true, cancellationToken))
            {
                await target.WriteAsync(entry, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or JsonException
            || e is ControlRefusedException { Status: not HttpStatusCode.BadRequest })
        {
            // The page was closed, or the AppHost is gone, or does not know the name (yet).
        }
        finally
        {
            target.TryComplete();
        }
    }
}
