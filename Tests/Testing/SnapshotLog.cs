using System.Runtime.CompilerServices;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Testing;

/// <summary>Every snapshot of one replica in order, and waiting for one. Notes each move that the table does not allow.</summary>
internal sealed class SnapshotLog
{
    private readonly Lock _lock = new();
    private readonly List<InstanceSnapshot> _all = [];
    private readonly List<string> _illegal = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<InstanceSnapshot> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>The states in order, each once for each stay in it.</summary>
    public IReadOnlyList<InstanceState> Moves
    {
        get
        {
            lock (_lock)
            {
                return [.. _all.Select(s => s.State).Where((s, i) => i == 0 || _all[i - 1].State != s)];
            }
        }
    }

    public IReadOnlyList<string> IllegalMoves
    {
        get
        {
            lock (_lock)
            {
                return [.. _illegal];
            }
        }
    }

    /// <summary>Called with each snapshot, by who publishes it.</summary>
    public Action<InstanceSnapshot>? Added { get; set; }

    public void Add(InstanceSnapshot snapshot)
    {
        Added?.Invoke(snapshot);
        TaskCompletionSource changed;
        lock (_lock)
        {
            var before = _all.Count == 0 ? InstanceState.Stopped : _all[^1].State;
            if (before != snapshot.State && !InstanceMoves.Allowed.Contains((before, snapshot.State)))
            {
                _illegal.Add($"{before} -> {snapshot.State}");
            }

            _all.Add(snapshot);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>The first snapshot from number <paramref name="from"/> on that meets the condition.</summary>
    public async Task<InstanceSnapshot> Until(
        Func<InstanceSnapshot, bool> condition, int from = 0, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var patience = new CancellationTokenSource(timeout ?? Wait.Patience, TimeProvider.System);
        var next = from;
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                for (; next < _all.Count; next++)
                {
                    if (condition(_all[next]))
                    {
                        return _all[next];
                    }
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"Waited {(timeout ?? Wait.Patience).TotalSeconds:0.#} s for a snapshot with: {what}. Last seen: {Describe()}", e);
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    private string Describe()
    {
        lock (_lock)
        {
            return _all.Count == 0 ? "nothing" : $"{_all[^1]} after {string.Join(", ", _all.TakeLast(8).Select(s => s.State))}";
        }
    }
}
