using System.Globalization;
using System.Net.ServerSentEvents;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Prints the steps of the replicas in a roll-out, as the AppHost's events tell them, while a command runs.</summary>
internal sealed class Progress(ControlClient client, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Dictionary<string, string>> _steps = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rolling = new(StringComparer.Ordinal);
    private long _seen;

    /// <summary>Gives the command when nothing that it causes can be missed, and returns its answer when all of that is printed.</summary>
    public async Task<CommandResult> ShowAsync(Func<Task<CommandResult>> command, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var response = await client.OpenStreamAsync("events", cancellationToken);
        await using var events = ControlClient.ReadEventsAsync(response, ending.Token).GetAsyncEnumerator(ending.Token);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            if (await next)
            {
                Take(events.Current);   // the snapshot
            }

            var answer = command();
            var ended = EndAsync(answer, cancellationToken);
            while (!ended.IsCompletedSuccessfully || _seen < await ended)
            {
                next = next.IsCompleted ? events.MoveNextAsync().AsTask() : next;
                var over = ended.IsCompleted ? Task.Delay(CatchUpLimit, time, cancellationToken) : ended;
                await Task.WhenAny(next, over);
                if (next.IsCompleted && await next)
                {
                    Take(events.Current);
                }
                else if (next.IsCompleted || over != ended)
                {
                    break;   // the AppHost has ended, or is too slow to be waited for
                }
            }

            return await answer;
        }
        finally
        {
            // An enumerator may only be disposed when no move is under way.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Number of the last event before the answer, which takes another way than the events.</summary>
    private async Task<long> EndAsync(Task<CommandResult> answer, CancellationToken cancellationToken)
    {
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            return (await client.GetStatusAsync(cancellationToken)).Seq;
        }
        catch (Exception e) when (e is CliException or OperationCanceledException)
        {
            return 0;   // nothing more to come
        }
    }

    private void Take(SseItem<string> item)
    {
        if (long.TryParse(item.EventId, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            _seen = seq;
        }

        if (item.EventType is "snapshot")
        {
            foreach (var resource in ControlClient.Read(item.Data, ControlJson.Default.StackStatus).Resources)
            {
                Show(resource);
            }
        }
        else if (item.EventType is "rollout" or "state" or "health" or "traffic")
        {
            Show(ControlClient.Read(item.Data, ControlJson.Default.ResourceChange).Resource);
        }
    }

    /// <summary>Prints what is new of the replicas of a resource that is being rolled.</summary>
    private void Show(ResourceStatus resource)
    {
        var before = _steps.GetValueOrDefault(resource.Name);
        var now = resource.Replicas.ToDictionary(r => r.Name, StatusRows.Step, StringComparer.Ordinal);
        _steps[resource.Name] = now;

        // The last step comes with the end of the roll-out, or just before it.
        var isRolling = resource.Rollout is { State: "Running" };
        var wasRolling = isRolling ? !_rolling.Add(resource.Name) : _rolling.Remove(resource.Name);
        if (before is null || !(isRolling || wasRolling))
        {
            return;
        }

        foreach (var (replica, step) in now.Where(r => before.GetValueOrDefault(r.Key) != r.Value))
        {
            output.WriteLine($"{replica}: {step}");
        }

        foreach (var replica in before.Keys.Where(r => !now.ContainsKey(r)))
        {
            output.WriteLine($"{replica}: taken away");
        }
    }
}
