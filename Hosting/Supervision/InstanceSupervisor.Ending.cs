using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

// The end of a process: asked for, or by itself; and what follows it.
internal sealed partial class InstanceSupervisor
{
    private static readonly TimeSpan FirstKillAlarm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NextKillAlarms = TimeSpan.FromSeconds(10);

    private string? _stopReason;

    /// <summary>True when the grace was over before the process was.</summary>
    private bool _outstayed;
    private bool _cannotBeKilled;

    private void BeginStop(StopCause cause, string? reason)
    {
        ReleaseSlot();
        CancelRunTimers();
        _stopCause = cause;
        _stopReason = reason;
        _outstayed = false;
        _cannotBeKilled = false;
        if (!_process!.Signal(cause == StopCause.Kill || _spec.StaysBehind() ? SignalNames.Kill : _spec.StopSignal))
        {
            Refused();
            return;
        }

        Move(InstanceState.Stopping, reason);
        if (cause == StopCause.Kill)
        {
            _timers.Set(InstanceTimer.KillAlarm, FirstKillAlarm);
        }
        else
        {
            _timers.Set(InstanceTimer.StopGrace, _spec.StopGrace);
        }
    }

    private void OnStopGraceOver()
    {
        var killed = $"killed after {_spec.StopGrace.TotalSeconds:0.#} s, because it did not end on signal {SignalNames.Describe(_spec.StopSignal)}";
        _stopReason = _stopReason is null ? killed : $"{_stopReason}; {killed}";
        _outstayed = true;
        LogKilled(_spec.Name, killed);
        Alert($"Replica '{_spec.Name}' was {killed}.");
        KillGroup();
        if (_state == InstanceState.Stopping)
        {
            Publish(_stopReason);
        }
    }

    private void KillGroup()
    {
        _timers.Cancel(InstanceTimer.StopGrace);
        if (_process!.Signal(SignalNames.Kill))
        {
            _timers.Set(InstanceTimer.KillAlarm, FirstKillAlarm);
        }
        else
        {
            Refused();
        }
    }

    private void OnKillAlarm()
    {
        var pid = _process!.Pid;
        var state = ProcessTable.Find(pid)?.State.ToString() ?? "unknown";
        LogCannotBeKilled(_spec.Name, pid, state);
        if (!_cannotBeKilled)
        {
            _cannotBeKilled = true;
            Alert($"Process {pid} of replica '{_spec.Name}' can't be killed; its state in the kernel is {state}.");
        }

        _timers.Set(InstanceTimer.KillAlarm, NextKillAlarms);
        Publish($"process {pid} can't be killed (state {state} in the kernel)");
    }

    private void Refused()
    {
        _timers.Cancel(InstanceTimer.StopGrace, InstanceTimer.KillAlarm);
        LogRefused(_spec.Name, _process!.Pid);
        var reason = $"process {_process.Pid} may not be signalled by this user (EPERM). End it by hand, or run the AppHost as its user";
        if (_state == InstanceState.Unknown)
        {
            Publish(reason);
        }
        else
        {
            Move(InstanceState.Unknown, reason);
            Alert($"Replica '{_spec.Name}' can't be stopped: {reason}.");
        }
    }

    private void OnExited(InstanceMessage.Exited exited)
    {
        ReleaseSlot();
        CancelRunTimers();
        _timers.Cancel(InstanceTimer.StopGrace, InstanceTimer.KillAlarm);
        var run = new EndedRun(exited.Exit, Now - _launchedAt, ReadyTime);
        _readyBefore = TimeSpan.Zero;
        _readySince = null;
        _process = null;
        _cannotBeKilled = false;
        _endedAt = _time.GetUtcNow();
        _exitCode = exited.Exit.ShellCode;
        _lastWords = exited.LastWords;
        var cause = _stopCause;
        _stopCause = null;
        _lastExit = cause is null ? Unasked(exited.Exit) : _outstayed ? $"{exited.Exit.Describe()} after {_spec.StopGrace.TotalSeconds:0.#} s of grace" : exited.Exit.Describe();
        LogExited(cause is null && !HasDoneItsWork(exited.Exit) ? LogLevel.Warning : LogLevel.Information, _spec.Name, _lastExit);
        if (cause is null)
        {
            Decide(run, _lastExit);
        }
        else if (_desired == Desired.Stopped)
        {
            Move(InstanceState.Stopped, _stopReason);
        }
        else if (cause == StopCause.Unrecorded)
        {
            Decide(run with { Exit = new ExitFacts(ExitKind.LaunchTransient, 0) }, _stopReason ?? _lastExit);
        }
        else if (cause is StopCause.StartTimeout or StopCause.Unhealthy)
        {
            Decide(run with { Exit = new ExitFacts(cause == StopCause.Unhealthy ? ExitKind.Unhealthy : ExitKind.StartTimeout, 0) }, _stopReason ?? _lastExit);
        }
        else
        {
            Wait(StartCause.CommandAgain);
        }
    }

    // A job that ends well and is not to run for ever is no news.
    private bool HasDoneItsWork(ExitFacts exit)
        => _spec.Restart.Mode != ApplicationModel.RestartMode.Always && exit.ShellCode is { } code && _spec.Restart.SuccessExitCodes.Contains(code);

    private string Unasked(ExitFacts exit) => exit switch
    {
        { Kind: ExitKind.Signal, Value: SignalNames.Kill } => OutOfMemoryCounter.Read() > _outOfMemoryBefore
            ? "killed by the kernel for lack of memory (signal 9): its control group is at its limit"
            : "killed from outside (signal 9)",
        _ => exit.Describe(),
    };

    /// <summary>Obeys the restart policy.</summary>
    private void Decide(EndedRun run, string reason)
    {
        var onProbation = _history.OnProbation;
        (var decision, _history) = _policy.Decide(run, _history, Now, Random.Shared.NextDouble());
        switch (decision)
        {
            case RestartDecision.Exit:
                Move(InstanceState.Exited, reason);
                break;
            case RestartDecision.GiveUp giveUp:
                GiveUp(run.Exit.Kind == ExitKind.LaunchPermanent ? reason : $"{reason} ({giveUp.Why})", onProbation && run.Ready < RestartPolicy.ForgivenAfter);
                break;
            case RestartDecision.Retry { Delay: var delay }:
                _nextAttemptAt = _time.GetUtcNow() + delay;
                LogBackoff(_spec.Name, reason, delay.TotalSeconds, _history.Consecutive);
                Move(InstanceState.Backoff, reason);
                if (delay == TimeSpan.Zero)
                {
                    Wait(StartCause.Crash);
                }
                else
                {
                    _timers.Set(InstanceTimer.Backoff, delay);
                }

                break;
            default:
                throw new InvalidOperationException($"Unknown decision {decision}.");
        }
    }

    /// <param name="reason">Why.</param>
    /// <param name="again">True: it had been given up before, and the chance it got meanwhile has not helped. That is not reported once more.</param>
    private void GiveUp(string reason, bool again)
    {
        LeaveGate();
        _history = _history with { OnProbation = false };
        var next = _desired == Desired.Running ? _policy.Probation(Random.Shared.NextDouble()) : null;
        _nextAttemptAt = next is { } wait ? _time.GetUtcNow() + wait : null;
        Move(InstanceState.Fatal, reason);
        if (!again)
        {
            var attempt = _nextAttemptAt is { } at ? $"Next attempt at {at:u}. " : "";
            LogGaveUp(_spec.Name, Sentence(reason), attempt, _spec.Name, string.Join(Environment.NewLine, _lastWords));
            Alert($"Replica '{_spec.Name}' was given up: {Sentence(reason)} {attempt}".TrimEnd());
        }

        if (next is { } due)
        {
            _timers.Set(InstanceTimer.Probation, due);
        }
    }

    private void OnProbation()
    {
        _history = _history with { OnProbation = true };

        // What has never got past its dependencies waits for them again.
        Wait(_gateFailed ? StartCause.Command : StartCause.Probation);
    }

    private void Alert(string text)
    {
        try
        {
            Alerted(text);
        }
        catch (Exception e)
        {
            LogObserverFailed(e, _spec.Name);
        }
    }

    private void CancelRunTimers()
        => _timers.Cancel(InstanceTimer.StartSecs, InstanceTimer.StartDeadline, InstanceTimer.Probe, InstanceTimer.Forgiven, InstanceTimer.Liveness);

    [LoggerMessage(EventId = 2110, Message = "Instance {Instance} ended: {Exit}.")]
    private partial void LogExited(LogLevel level, string instance, string exit);

    [LoggerMessage(2111, LogLevel.Warning, "Instance {Instance} failed ({Reason}); next attempt in {Seconds:0.#} s after {Failures} failures in a row.")]
    private partial void LogBackoff(string instance, string reason, double seconds, int failures);

    [LoggerMessage(2112, LogLevel.Error, "Instance {Instance} was given up: {Reason} {Next}Its output: 'stack logs {Name}'; its last lines:\n{LastWords}")]
    private partial void LogGaveUp(string instance, string reason, string next, string name, string lastWords);

    [LoggerMessage(2113, LogLevel.Warning, "Instance {Instance} was {Killed}.")]
    private partial void LogKilled(string instance, string killed);

    [LoggerMessage(2114, LogLevel.Error, "Instance {Instance}: process {Pid} can't be killed; its state in the kernel is {State}.")]
    private partial void LogCannotBeKilled(string instance, int pid, string state);

    [LoggerMessage(2115, LogLevel.Error, "Instance {Instance}: process {Pid} may not be signalled by this user. End it by hand, or run the AppHost as its user.")]
    private partial void LogRefused(string instance, int pid);
}
