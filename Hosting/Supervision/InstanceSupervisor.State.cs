using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

// What is known of the replica. Only the loop touches it.
internal sealed partial class InstanceSupervisor
{
    private InstanceState _state = InstanceState.Stopped;
    private InstanceHealth _health = InstanceHealth.Unknown;
    private Desired _desired = Desired.Stopped;
    private FailureHistory _history = FailureHistory.Empty;
    private InstanceTraffic _traffic = InstanceTraffic.None;

    /// <summary>Number of the stay in Waiting; what the gate says about an earlier one is dropped.</summary>
    private int _attempt;

    /// <summary>Number of the launch.</summary>
    private int _generation;
    private int _restarts;
    private IInstanceProcess? _process;
    private IDisposable? _slot;
    private string? _reason;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _endedAt;
    private DateTimeOffset? _nextAttemptAt;
    private bool _wasReady;
    private bool _lived;
    private IReadOnlyList<CheckReport> _checks = [];
    private string? _lastExit;
    private int? _exitCode;
    private IReadOnlyList<string> _lastWords = [];

    private enum Desired { Stopped, Running }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    private bool IsWaiting(int attempt) => _state == InstanceState.Waiting && attempt == _attempt;

    private bool IsLaunching => _state == InstanceState.Starting && _process is null;

    private bool IsUp => _process is not null && _state is (InstanceState.Starting or InstanceState.Running);

    /// <summary>Goes to another state and publishes it.</summary>
    private void Move(InstanceState to, string? reason)
    {
        if (!InstanceMoves.Check(_spec.Name, _state, to))
        {
            LogIllegalMove(_spec.Name, _state, to);
            return;
        }

        LogMoved(_spec.Name, _state, to, reason);
        _state = to;
        if (to != InstanceState.Running && (to != InstanceState.Stopping || _health != InstanceHealth.Dead))
        {
            _health = InstanceHealth.Unknown;
        }

        if (to is not (InstanceState.Backoff or InstanceState.Fatal))
        {
            _nextAttemptAt = null;
        }

        _reason = reason;
        Publish();
    }

    /// <summary>Publishes a new reason in the same state.</summary>
    private void Publish(string? reason)
    {
        if (_reason != reason)
        {
            _reason = reason;
            Publish();
        }
    }

    private void Publish()
    {
        var snapshot = Snapshot();
        if (snapshot == _current)
        {
            return;
        }

        // Before anybody hears of it: what is announced is also found again.
        Record();
        Volatile.Write(ref _current, snapshot);
        try
        {
            _published(snapshot);
        }
        catch (Exception e)
        {
            // An observer's fault must not stop a move half-way.
            LogObserverFailed(e, _spec.Name);
        }
    }

    private InstanceSnapshot Snapshot() => new()
    {
        Name = _spec.Name,
        Index = _spec.Index,
        State = _state,
        Health = _health,
        Wanted = _desired == Desired.Running,
        Traffic = _traffic,
        Adopted = _adopted,
        Pid = _process?.Pid,
        Port = _spec.Port,
        Generation = _generation,
        Restarts = _restarts,
        Failures = _history.Consecutive,
        StartedAt = _startedAt,
        EndedAt = _endedAt,
        NextAttemptAt = _nextAttemptAt,
        WasReady = _wasReady,
        Lived = _lived,
        Checks = _checks,
        LastExit = _lastExit,
        ExitCode = _exitCode,
        Reason = _reason,
        LastWords = _lastWords,
    };

    [LoggerMessage(2190, LogLevel.Error, "Instance {Instance}: handling {Message} in state {State} failed.")]
    private partial void LogLoopFailed(Exception exception, string instance, string message, InstanceState state);

    [LoggerMessage(2191, LogLevel.Error, "Instance {Instance}: an observer of its snapshots failed.")]
    private partial void LogObserverFailed(Exception exception, string instance);

    [LoggerMessage(2192, LogLevel.Error, "Instance {Instance} may not go from {From} to {To}; the move was refused.")]
    private partial void LogIllegalMove(string instance, InstanceState from, InstanceState to);

    [LoggerMessage(2193, LogLevel.Error, "Instance {Instance} leaves a process behind: {Reason}")]
    private partial void LogLeftBehind(string instance, string reason);

    [LoggerMessage(2100, LogLevel.Debug, "Instance {Instance}: {From} -> {To} ({Reason})")]
    private partial void LogMoved(string instance, InstanceState from, InstanceState to, string? reason);
}
