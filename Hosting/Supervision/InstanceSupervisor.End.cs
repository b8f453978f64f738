using System.Globalization;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

/// <summary>Commands, the end of a process, and what follows from it.</summary>
internal sealed partial class InstanceSupervisor
{
    private static readonly Dictionary<int, string> SignalNames = new()
    {
        [1] = "HUP", [2] = "INT", [3] = "QUIT", [4] = "ILL", [6] = "ABRT", [7] = "BUS", [8] = "FPE", [9] = "KILL", [11] = "SEGV", [13] = "PIPE", [14] = "ALRM", [15] = "TERM",
    };

    private void Obey(InstanceMessage.Command command)
    {
        switch (command.Kind)
        {
            case InstanceCommand.Start:
                _wanted = true;
                _startWaiters.Add(command.Done);
                Start();
                break;
            case InstanceCommand.Stop:
                _wanted = false;
                _stopWaiters.Add(command.Done);
                CompleteStarts($"Replica '{_spec.Name}' was stopped.");
                Stop();
                break;
            case InstanceCommand.Restart:
                _wanted = true;
                _startWaiters.Add(command.Done);
                if (_state is InstanceState.Running or InstanceState.Starting)
                {
                    BeginStop("restarting");
                }
                else
                {
                    Start();
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.Kind, "This is no command.");
        }
    }

    private void Start()
    {
        switch (_state)
        {
            case InstanceState.Running:
                CompleteStarts(null);
                break;
            case InstanceState.Stopped or InstanceState.Exited or InstanceState.Fatal:
                // A start by hand is a new beginning.
                _history = FailureHistory.None;
                EnterWaiting(automatic: false);
                break;
            case InstanceState.Backoff:
                EnterWaiting(automatic: true);
                break;
            default:
                // Waiting and Starting get there by themselves; Stopping looks at what is wanted when it is done.
                break;
        }
    }

    private void Stop()
    {
        switch (_state)
        {
            case InstanceState.Waiting:
                _waiting.Cancel();
                EnterStopped();
                break;
            case InstanceState.Backoff or InstanceState.Exited or InstanceState.Fatal:
                EnterStopped();
                break;
            case InstanceState.Stopped:
                CompleteStops();
                break;
            case InstanceState.Starting or InstanceState.Running or InstanceState.Unknown:
                BeginStop("stopping");
                break;
            default:
                Publish();
                break;
        }
    }

    private void BeginStop(string reason)
    {
        _running.Cancel();
        ReturnSlot();
        if (_state != InstanceState.Stopping)
        {
            Move(InstanceState.Stopping, reason);
        }

        // While a launch is under way there is nothing to signal yet; it comes back here when it is done.
        if (_process is not null)
        {
            SetTimer(InstanceTimer.Grace, _spec.StopGrace);
            SignalOrAlarm(_spec.StopSignal);
        }

        Publish();
    }

    private void SignalOrAlarm(int signal)
    {
        if (_process is { } process && !process.Signal(signal))
        {
            LogSignalRefused(_spec.Name, signal, process.Pid);
        }
    }

    private void Exited(ExitFacts facts)
    {
        var alive = _time.GetElapsedTime(_launchedAt);
        var ready = _health == InstanceHealth.Ready ? _time.GetElapsedTime(_readyAt) : TimeSpan.Zero;
        _running.Cancel();
        ReturnSlot();
        _process = null;
        _exitCode = facts.Kind == ExitKind.Code ? facts.Value : null;
        _lastExit = Describe(facts);
        if (_state == InstanceState.Stopping && !(_startTimedOut && _wanted))
        {
            if (_wanted)
            {
                EnterWaiting(automatic: false);
            }
            else
            {
                EnterStopped();
            }

            return;
        }

        var cause = _startTimedOut
            ? $"it was not ready within {_spec.StartDeadline.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s"
            : $"it ended: {_lastExit}";
        Decide(_startTimedOut ? new ExitFacts(ExitKind.StartTimeout, 0) : facts, alive, ready, cause);
    }

    private void Decide(ExitFacts facts, TimeSpan alive, TimeSpan ready, string cause)
    {
        var now = _time.GetElapsedTime(0, _time.GetTimestamp());
#pragma warning disable CA5394 // Spreads restarts; nothing to guess.
        var (decision, history) = _policy.Decide(new InstanceExit(facts, alive, ready), _history, now, Random.Shared.NextDouble());
#pragma warning restore CA5394
        _history = history;
        switch (decision.Next)
        {
            case InstanceState.Exited:
                Move(InstanceState.Exited, cause);
                Publish();
                LogExited(_spec.Name, _lastExit);
                CompleteStarts($"Replica '{_spec.Name}' did not stay up: {cause}. What it printed: ./stack logs {_spec.Name}");
                break;
            case InstanceState.Backoff:
                Move(InstanceState.Backoff, cause);
                _nextAttemptAt = _time.GetUtcNow() + decision.Pause;
                Publish();
                LogRestarting(_spec.Name, cause, decision.Pause.TotalSeconds);
                if (decision.Pause > TimeSpan.Zero)
                {
                    SetTimer(InstanceTimer.Backoff, decision.Pause);
                }
                else
                {
                    EnterWaiting(automatic: true);
                }

                break;
            default:
                Fail(cause);
                break;
        }
    }

    private void Fail(string reason)
    {
        Move(InstanceState.Fatal, reason);
        if (_spec.Restart.ProbationInterval is { } interval && _spec.Restart.Mode != ApplicationModel.RestartMode.Never)
        {
            _nextAttemptAt = _time.GetUtcNow() + interval;
            SetTimer(InstanceTimer.Probation, interval);
        }

        Publish();
        LogGaveUp(_spec.Name, reason, _nextAttemptAt);
        CompleteStarts(reason.Contains(_spec.Name, StringComparison.Ordinal) ? reason : $"Replica '{_spec.Name}' was given up: {reason}. What it printed: ./stack logs {_spec.Name}");
    }

    private void EnterStopped()
    {
        Move(InstanceState.Stopped);
        Publish();
        CompleteStops();
    }

    private void TimerFired(InstanceTimer kind)
    {
        switch (kind)
        {
            case InstanceTimer.Slot:
                ReturnSlot();
                break;
            case InstanceTimer.StartSecs:
                _livedStartSecs = true;
                RunWhenReady();
                break;
            case InstanceTimer.StartDeadline:
                _startTimedOut = true;
                BeginStop("it was not ready in time");
                break;
            case InstanceTimer.Grace:
                LogKilling(_spec.Name, _spec.StopGrace.TotalSeconds);
                SignalOrAlarm(PosixNative.SigKill);
                SetTimer(InstanceTimer.Unkillable, UnkillableAfter);
                break;
            case InstanceTimer.Unkillable:
                _reason = $"process {_process?.Pid} does not end, although it was killed";
                LogUnkillable(_spec.Name, _process?.Pid);
                SetTimer(InstanceTimer.Unkillable, UnkillableAfter * 2);
                Publish();
                break;
            case InstanceTimer.Backoff:
                EnterWaiting(automatic: true);
                break;
            case InstanceTimer.Probation:
                _history = _history with { OnProbation = true };
                EnterWaiting(automatic: true);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is no timer.");
        }
    }

    private static string Describe(ExitFacts facts) => facts.Kind switch
    {
        ExitKind.Code => $"exit code {facts.Value}",
        ExitKind.Signal => $"signal {SignalNames.GetValueOrDefault(facts.Value, $"{facts.Value}")}",
        _ => "exit code unknown",
    };

    [LoggerMessage(2201, LogLevel.Warning, "{Instance}: {Cause}; starting it again in {Seconds:0.#} s.")]
    private partial void LogRestarting(string instance, string cause, double seconds);

    [LoggerMessage(2202, LogLevel.Warning, "{Instance} has ended: {Exit}.")]
    private partial void LogExited(string instance, string? exit);

    [LoggerMessage(2203, LogLevel.Error, "{Instance} is given up: {Reason}. Next attempt: {Next}. What it printed: ./stack logs {Instance}")]
    private partial void LogGaveUp(string instance, string reason, DateTimeOffset? next);

    [LoggerMessage(2204, LogLevel.Warning, "{Instance} did not stop within {Seconds:0.#} s and is killed.")]
    private partial void LogKilling(string instance, double seconds);

    [LoggerMessage(2205, LogLevel.Error, "{Instance}: process {Pid} does not end, although it was killed. It may hang in the kernel.")]
    private partial void LogUnkillable(string instance, int? pid);

    [LoggerMessage(2206, LogLevel.Error, "{Instance}: the system refused to send signal {Signal} to process {Pid}.")]
    private partial void LogSignalRefused(string instance, int signal, int pid);

    [LoggerMessage(2207, LogLevel.Critical, "{Instance}: handling {Message} in state {State} failed. Please report this.")]
    private partial void LogLoopFailed(Exception e, string instance, string message, InstanceState state);

    [LoggerMessage(2208, LogLevel.Critical, "{Instance}: the move from {From} to {To} is not allowed. Please report this.")]
    private partial void LogIllegalMove(string instance, InstanceState from, InstanceState to);
}
