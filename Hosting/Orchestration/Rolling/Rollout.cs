using Aspire.Hosting;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>The one change of a resource's replicas that may be under way: what it is, who asked for it, where it is, and where it froze.</summary>
/// <param name="resource">Name of the resource.</param>
/// <param name="changed">Called after each step.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The token source has neither a timer nor links, and may be cancelled at any time.")]
internal sealed class Rollout(string resource, Action changed)
{
    private readonly Lock _lock = new();
    private RolloutStatus? _status;
    private RolloutStatus? _before;
    private string? _reason;
    private bool _isPreparing;
    private CancellationTokenSource? _running;

    public RolloutStatus? Status => Volatile.Read(ref _status);

    /// <summary>True while replicas are being changed.</summary>
    public bool IsRunning => Volatile.Read(ref _running) is not null && !Volatile.Read(ref _isPreparing);

    public bool IsFrozen => Status is { State: "Frozen" };

    /// <summary>Takes the resource for one change, and ends a freeze. To be given back with <see cref="End"/>.</summary>
    /// <param name="what">What is done: <c>roll</c>, <c>scale to 6</c>.</param>
    /// <param name="reason">Why, or who asked for it: <c>by command</c>.</param>
    /// <param name="preparing">True: it has something to do first that touches no replica, until <see cref="Prepared"/>.</param>
    /// <returns>Cancelled when the change is called off.</returns>
    /// <exception cref="RolloutBusyException">Another one is under way; named with its reason.</exception>
    public CancellationToken Begin(string what, string reason, bool preparing = false)
    {
        CancellationToken calledOff;
        lock (_lock)
        {
            if (_running is not null)
            {
                var at = _status?.Replica is { } replica ? $", now at '{replica}'" : "";
                throw new RolloutBusyException($"'{resource}' is being changed: {_status?.What} ({_reason}){at}. Try again when that has ended; 'stack stop {resource}' ends it, and every replica with it.");
            }

            _running = new CancellationTokenSource();
            calledOff = _running.Token;
            _reason = reason;
            _isPreparing = preparing;
            _before = preparing ? _status : null;
            _status = new RolloutStatus { State = "Running", What = what };
        }

        changed();
        return calledOff;
    }

    /// <summary>What came first is done: from now on replicas are changed.</summary>
    /// <param name="what">What is done, more exactly: <c>deploy of 20261128-113000-v1.2</c>.</param>
    public void Prepared(string what)
    {
        Volatile.Write(ref _isPreparing, false);
        Change(s => s is null ? null : s with { What = what, Replica = null });
    }

    /// <summary>It has come to a replica, or to a job that comes first.</summary>
    public void At(string replica) => Change(s => s is null ? null : s with { Replica = replica });

    /// <summary>It stays where it is until the next one, or until <see cref="Thaw"/>.</summary>
    public void Freeze(string replica, string why) => Change(s => s is null ? null : s with { State = "Frozen", Replica = replica, Reason = why });

    /// <summary>The next one may begin. One that has changed nothing leaves a freeze as it was.</summary>
    public void End()
    {
        lock (_lock)
        {
            _running = null;
            _status = _isPreparing ? _before : IsFrozen ? _status : null;
            _isPreparing = false;
        }

        changed();
    }

    /// <summary>Ends a freeze; what runs goes on.</summary>
    public void Thaw()
    {
        if (IsFrozen)
        {
            Change(s => s is { State: "Frozen" } ? null : s);
        }
    }

    /// <summary>Lets what runs end before its next step.</summary>
    public void CallOff()
    {
        CancellationTokenSource? running;
        lock (_lock)
        {
            running = _running;
        }

        running?.Cancel();
    }

    private void Change(Func<RolloutStatus?, RolloutStatus?> change)
    {
        lock (_lock)
        {
            _status = change(_status);
        }

        changed();
    }
}

/// <summary>Another change of the same resource is under way.</summary>
internal sealed class RolloutBusyException(string message) : DistributedApplicationException(message);
