using Aspire.Hosting;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

// Commands: what is wanted of the replica, and when that counts as reached.
internal sealed partial class InstanceSupervisor
{
    private readonly List<Goal> _goals = [];

    /// <summary>Why the process is being stopped, or is to be as soon as its launch is through.</summary>
    private StopCause? _stopCause;

    private enum StopCause { Command, Restart, Kill, StartTimeout, Unhealthy, Unrecorded }

    private void OnStart(TaskCompletionSource done)
    {
        _desired = Desired.Running;
        _isMeantToRun = true;
        _goals.Add(new Goal(done, GoalKind.Running, MinGeneration: 0));
        switch (_state)
        {
            case InstanceState.Stopped or InstanceState.Exited or InstanceState.Fatal:
                _history = FailureHistory.Empty;
                Wait(StartCause.Command);
                break;
            case InstanceState.Waiting:
                // By hand, while it waits for others: it starts without them.
                _history = FailureHistory.Empty;
                Wait(StartCause.CommandAgain);
                break;
            case InstanceState.Backoff:
                _history = FailureHistory.Empty;
                Wait(StartCause.CommandAgain);
                break;
            case InstanceState.Starting when IsLaunching && _stopCause is StopCause.Command or StopCause.Kill:
                _stopCause = null;
                Publish();
                break;
            default:
                Publish();
                break;
        }
    }

    private void OnStop(InstanceMessage.Stop stop)
    {
        _goals.Add(new Goal(stop.Done, GoalKind.NoProcess, MinGeneration: 0));
        _isMeantToRun &= stop.WithStack;
        WantStopped(StopCause.Command);
    }

    private void OnKill()
    {
        WantStopped(StopCause.Kill);
        if (_state == InstanceState.Stopping && _stopCause != StopCause.Kill)
        {
            _stopCause = StopCause.Kill;
            KillGroup();
        }
    }

    private void WantStopped(StopCause cause)
    {
        _desired = Desired.Stopped;
        _timers.Cancel(InstanceTimer.Probation);
        switch (_state)
        {
            case InstanceState.Waiting or InstanceState.Backoff:
                LeaveGate();
                _timers.Cancel(InstanceTimer.Backoff);
                Move(InstanceState.Stopped, null);
                break;
            case InstanceState.Starting when IsLaunching:
                _stopCause = cause;
                _launchToken?.Cancel();
                Publish();
                break;
            case InstanceState.Starting or InstanceState.Running or InstanceState.Unknown:
                BeginStop(cause, null);
                break;
            default:
                _nextAttemptAt = null;
                Publish();
                break;
        }
    }

    private void OnTraffic(InstanceMessage.Traffic message)
    {
        _traffic = message.Value;
        Publish();
        message.Done.SetResult();
    }

    private void OnRestart(InstanceMessage.Restart restart)
    {
        _desired = Desired.Running;
        _isMeantToRun = true;
        _goals.Add(restart.FirstTry
            ? new Goal(restart.Done, GoalKind.FirstTry, _generation + 1)
            : new Goal(restart.Done, GoalKind.Running, _process is not null || IsLaunching ? _generation + 1 : 0));
        switch (_state)
        {
            case InstanceState.Stopped or InstanceState.Exited or InstanceState.Fatal:
                _history = FailureHistory.Empty;
                Wait(StartCause.Command);
                break;
            case InstanceState.Backoff:
                _history = FailureHistory.Empty;
                Wait(StartCause.CommandAgain);
                break;
            case InstanceState.Starting when IsLaunching:
                _stopCause = StopCause.Restart;
                Publish();
                break;
            case InstanceState.Starting or InstanceState.Running or InstanceState.Unknown:
                BeginStop(StopCause.Restart, "restart");
                break;
            default:
                Publish();
                break;
        }
    }

    /// <summary>Completes the commands whose goal is reached, and fails those that can't reach theirs any more.</summary>
    private void SettleGoals() => _goals.RemoveAll(Settle);

    private bool Settle(Goal goal)
    {
        if (IsReached(goal))
        {
            goal.Done.TrySetResult();
            return true;
        }

        if (WhyLost(goal) is not { } why)
        {
            return false;
        }

        goal.Done.TrySetException(new DistributedApplicationException(why));
        return true;
    }

    private bool IsReached(Goal goal) => goal.Kind == GoalKind.NoProcess
        ? _process is null && !IsLaunching
        : _state == InstanceState.Running && _generation >= goal.MinGeneration;

    private string? WhyLost(Goal goal) => (goal.Kind, _state) switch
    {
        (GoalKind.FirstTry, InstanceState.Waiting or InstanceState.Backoff or InstanceState.Stopping) when _desired == Desired.Running && _generation >= goal.MinGeneration
            => $"Replica '{_spec.Name}' did not get ready: {Sentence(_reason ?? _lastExit)}",
        (GoalKind.Running or GoalKind.FirstTry, InstanceState.Exited or InstanceState.Fatal or InstanceState.Unknown) => $"Replica '{_spec.Name}' did not start: {Sentence(_reason)}",
        (GoalKind.Running or GoalKind.FirstTry, _) when _desired == Desired.Stopped => $"Replica '{_spec.Name}' was stopped before it was running.",
        (GoalKind.NoProcess, InstanceState.Unknown) => $"Replica '{_spec.Name}' could not be stopped: {Sentence(_reason)}",
        (GoalKind.NoProcess, InstanceState.Running) when _desired == Desired.Running => $"Replica '{_spec.Name}' was started again before it was stopped.",
        (GoalKind.NoProcess, _) when _cannotBeKilled => $"Replica '{_spec.Name}' could not be stopped: {Sentence(_reason)}",
        _ => null,
    };

    private static string Sentence(string? reason) => reason is null ? "the reason is not known." : reason.EndsWith('.') ? reason : $"{reason}.";

    private enum GoalKind { Running, FirstTry, NoProcess }

    /// <summary>A command that waits for what it asked for.</summary>
    private readonly record struct Goal(TaskCompletionSource Done, GoalKind Kind, int MinGeneration);
}
