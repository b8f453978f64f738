using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>One start of a resource, for those of its replicas that start together: waits for what it depends on, then raises its events. Called off when nobody is left who wants it. Its owner guards it by a lock.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The token source has neither a timer nor links, and may be cancelled at any time.")]
internal sealed class StartRound
{
    private readonly CancellationTokenSource _calledOff = new();
    private readonly Dictionary<string, Action<string>> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _joined = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _pending;

    public StartRound(IReadOnlyList<WaitAnnotation> waits, Func<WaitAnnotation, CancellationToken, Task> wait, Func<CancellationToken, Task> beforeStart)
    {
        _pending = [.. waits.Select(w => w.Resource.Name).Distinct(StringComparer.OrdinalIgnoreCase)];
        Done = Task.Run(() => RunAsync(waits, wait, beforeStart, _calledOff.Token));
    }

    /// <summary>Completes when the replicas may go on.</summary>
    public Task Done { get; }

    /// <summary>False: the replica had its part in this round already, or the round has failed.</summary>
    public bool Join(string replica, Action<string> describe)
    {
        if (Done.IsFaulted || Done.IsCanceled || !_joined.Add(replica))
        {
            return false;
        }

        string? waitsFor;
        lock (_pending)
        {
            _waiting.Add(replica, describe);
            waitsFor = Pending();
        }

        if (waitsFor is not null)
        {
            describe(waitsFor);
        }

        return true;
    }

    /// <summary>True when the round is of no use to others any more: it was called off, or it has failed.</summary>
    public bool Leave(string replica)
    {
        bool unwanted;
        lock (_pending)
        {
            _waiting.Remove(replica);
            unwanted = _waiting.Count == 0 && !Done.IsCompleted;
        }

        if (unwanted)
        {
            _calledOff.Cancel();
        }

        return unwanted || Done.IsFaulted || Done.IsCanceled;
    }

    private async Task RunAsync(
        IReadOnlyList<WaitAnnotation> waits, Func<WaitAnnotation, CancellationToken, Task> wait, Func<CancellationToken, Task> beforeStart, CancellationToken cancellationToken)
    {
        await Waits.AllOrFirstFailureAsync(waits, (w, token) => WaitAsync(w, wait, token), cancellationToken).ConfigureAwait(false);
        await beforeStart(cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitAsync(WaitAnnotation wait, Func<WaitAnnotation, CancellationToken, Task> waitFor, CancellationToken cancellationToken)
    {
        await waitFor(wait, cancellationToken).ConfigureAwait(false);
        string? left;
        List<Action<string>> told;
        lock (_pending)
        {
            _pending.Remove(wait.Resource.Name);
            left = Pending();
            told = [.. _waiting.Values];
        }

        if (left is not null)
        {
            told.ForEach(describe => describe(left));
        }
    }

    private string? Pending() => _pending.Count == 0 ? null : $"waiting for {string.Join(" and ", _pending.Select(n => $"'{n}'"))}";
}
