using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

/// <summary>From Waiting to Running: the gate, the launch, the first probes.</summary>
internal sealed partial class InstanceSupervisor
{
    private static readonly TimeSpan FirstProbes = TimeSpan.FromMilliseconds(250);
    private const int MissesUntilNotReady = 3;

    private void EnterWaiting(bool automatic)
    {
        Move(InstanceState.Waiting);
        _automatic = automatic;
        Publish();
        _waiting.Dispose();
        _waiting = new CancellationTokenSource();
        _ = PassGateAsync(_entry, automatic, _waiting.Token);
    }

    private async Task PassGateAsync(int entry, bool automatic, CancellationToken cancellationToken)
    {
        try
        {
            var slot = await _gate.EnterAsync(
                _spec.Name, automatic, what => _messages.Writer.TryWrite(new InstanceMessage.GateProgress(entry, what)), cancellationToken).ConfigureAwait(false);
            if (!_messages.Writer.TryWrite(new InstanceMessage.GateOpened(entry, slot)))
            {
                slot.Dispose();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A Stop came first.
        }
        catch (Exception e)
        {
            _messages.Writer.TryWrite(new InstanceMessage.GateFailed(entry, e.Message));
        }
    }

    private void BeginLaunch()
    {
        Move(InstanceState.Starting);
        _generation++;
        _restarts += _automatic ? 1 : 0;
        _wasReady = false;
        _livedStartSecs = false;
        _probedHealthy = false;
        _startTimedOut = false;
        _misses = 0;
        _startedAt = _time.GetUtcNow();
        _launchedAt = _time.GetTimestamp();
        SetTimer(InstanceTimer.Slot, SlotLimit);
        SetTimer(InstanceTimer.StartDeadline, _spec.StartDeadline);
        Publish();
        _running.Dispose();
        _running = new CancellationTokenSource();
        _ = LaunchAsync(_generation);
    }

    private async Task LaunchAsync(int generation)
    {
        try
        {
            if (_spec.Port is { } port && _ports.FindHolder(port) is { } holder)
            {
                throw new LaunchException(
                    $"Port {port} for replica '{_spec.Name}' is already in use by {holder.Describe()}. Free it, then start the replica again.", 0, isPermanent: true);
            }

            var request = await _spec.CreateLaunch(generation, CancellationToken.None).ConfigureAwait(false);
            var process = await _launcher.LaunchAsync(request, CancellationToken.None).ConfigureAwait(false);
            _messages.Writer.TryWrite(new InstanceMessage.Launched(generation, process));
            var exit = await process.Exited.ConfigureAwait(false);
            _messages.Writer.TryWrite(new InstanceMessage.Exited(generation, exit));
        }
        catch (LaunchException e)
        {
            _messages.Writer.TryWrite(new InstanceMessage.LaunchFailed(generation, e.IsPermanent ? ExitKind.LaunchPermanent : ExitKind.LaunchTransient, e.Message));
        }
        catch (Exception e)
        {
            // A callback of the user's program, or a value that can't be had.
            _messages.Writer.TryWrite(new InstanceMessage.LaunchFailed(generation, ExitKind.LaunchPermanent, e.Message));
        }
    }

    private void Launched(IInstanceProcess process)
    {
        _process = process;
        LogLaunched(_spec.Name, process.Pid, _generation);
        if (!_wanted || _state == InstanceState.Stopping)
        {
            BeginStop("stopped while it was being launched");
            return;
        }

        SetTimer(InstanceTimer.StartSecs, _spec.StartSecs);
        Publish();
        if (_spec.Readiness is { } probe)
        {
            _ = ProbeAsync(_generation, probe, process.Pid, _running.Token);
        }
        else
        {
            _probedHealthy = true;
        }
    }

    private void LaunchFailed(InstanceMessage.LaunchFailed failed)
    {
        ReturnSlot();
        LogLaunchFailed(_spec.Name, failed.Reason);
        _lastExit = "could not be launched";
        if (!_wanted)
        {
            EnterStopped();
            return;
        }

        Decide(new ExitFacts(failed.Kind, 0), TimeSpan.Zero, TimeSpan.Zero, failed.Reason);
    }

    private async Task ProbeAsync(int generation, ProbeSpec probe, int group, CancellationToken cancellationToken)
    {
        try
        {
            var answered = false;
            while (!cancellationToken.IsCancellationRequested)
            {
                var result = await _prober.ProbeAsync(probe, cancellationToken).ConfigureAwait(false);
                if (result.Healthy && !answered && _spec.Port is { } port && !_ports.ListenerBelongsTo(port, group))
                {
                    result = new ProbeResult(false, $"port {port} is answered by a process that is not its own");
                }

                answered |= result.Healthy;
                _messages.Writer.TryWrite(new InstanceMessage.Probed(generation, result));
                await Task.Delay(answered ? _spec.ProbePeriod : FirstProbes, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process has ended, or is being stopped.
        }
    }

    private void Probed(ProbeResult result)
    {
        if (_state == InstanceState.Starting)
        {
            _probedHealthy |= result.Healthy;
            if (result.Healthy || _reason == result.Reason)
            {
                RunWhenReady();
            }
            else
            {
                _reason = result.Reason;
                Publish();
            }
        }
        else if (_state == InstanceState.Running)
        {
            _misses = result.Healthy ? 0 : _misses + 1;
            if (result.Healthy && _health != InstanceHealth.Ready)
            {
                ChangeHealth(InstanceHealth.Ready, null);
            }
            else if (_misses == MissesUntilNotReady)
            {
                LogNotReady(_spec.Name, result.Reason);
                ChangeHealth(InstanceHealth.NotReady, result.Reason);
            }
        }
    }

    private void ChangeHealth(InstanceHealth health, string? reason)
    {
        _readyAt = health == InstanceHealth.Ready ? _time.GetTimestamp() : _readyAt;
        _health = health;
        _reason = reason;
        Publish();
    }

    private void RunWhenReady()
    {
        if (!_livedStartSecs || !_probedHealthy || _process is null)
        {
            return;
        }

        ReturnSlot();
        Move(InstanceState.Running);
        _wasReady = true;
        _readyAt = _time.GetTimestamp();
        ChangeHealth(InstanceHealth.Ready, null);
        LogRunning(_spec.Name, _process.Pid);
        CompleteStarts(null);
    }

    [LoggerMessage(2101, LogLevel.Debug, "{Instance}: launched as process {Pid}, generation {Generation}.")]
    private partial void LogLaunched(string instance, int pid, int generation);

    [LoggerMessage(2102, LogLevel.Error, "{Instance}: {Reason}")]
    private partial void LogLaunchFailed(string instance, string reason);

    [LoggerMessage(2103, LogLevel.Debug, "{Instance}: process {Pid} is ready.")]
    private partial void LogRunning(string instance, int pid);

    [LoggerMessage(2104, LogLevel.Warning, "{Instance} is no longer ready: {Reason}.")]
    private partial void LogNotReady(string instance, string? reason);
}
