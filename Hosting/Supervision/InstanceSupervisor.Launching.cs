using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

// From Waiting through the gate and the launch to Starting.
internal sealed partial class InstanceSupervisor
{
    // A start that hangs must not keep the others from starting.
    private static readonly TimeSpan SlotLimit = TimeSpan.FromSeconds(10);

    private StartCause _startCause;
    private CancellationTokenSource? _gateToken;
    private CancellationTokenSource? _launchToken;
    private TimeSpan _launchedAt;

    /// <summary>True when a dependency, not the replica itself, was the reason to give it up.</summary>
    private bool _gateFailed;
    private long _outOfMemoryBefore;

    private void Wait(StartCause cause)
    {
        LeaveGate();
        _timers.Cancel(InstanceTimer.Backoff, InstanceTimer.Probation);
        _startCause = cause;
        _stopCause = null;
        _attempt++;
        if (_state != InstanceState.Waiting)
        {
            Move(InstanceState.Waiting, null);
        }

        _gateToken = new CancellationTokenSource();
        Track(PassGateAsync(_attempt, cause, _gateToken.Token));
    }

    private void LeaveGate()
    {
        _gateToken?.Cancel();
        _gateToken?.Dispose();
        _gateToken = null;
    }

    private async Task PassGateAsync(int attempt, StartCause cause, CancellationToken cancellationToken)
    {
        IDisposable? slot = null;
        InstanceMessage result;
        try
        {
            slot = await _gate.EnterAsync(_spec.Name, cause, what => Post(new InstanceMessage.GateSaid(attempt, what)), cancellationToken).ConfigureAwait(false);
            result = new InstanceMessage.GatePassed(attempt, slot, _spec is { ListensItself: true, Port: { } port } ? PortPreflight.FindHolder(port) : null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (DistributedApplicationException e)
        {
            result = new InstanceMessage.GateFailed(attempt, e.Message);
        }
        catch (Exception e)
        {
            LogGateFailed(e, _spec.Name);
            result = new InstanceMessage.GateFailed(attempt, e.Message);
        }

        if (!Post(result))
        {
            slot?.Dispose();
        }
    }

    private void OnGateFailed(InstanceMessage.GateFailed failed)
    {
        _gateFailed = true;
        GiveUp(failed.Reason, _history.OnProbation);
    }

    private void OnGatePassed(InstanceMessage.GatePassed passed)
    {
        _gateFailed = false;
        if (passed.Holder is { } holder)
        {
            passed.Slot.Dispose();
            GiveUp($"Port {holder.Port} for replica '{_spec.Name}' is already in use by {holder.Describe()}. Free it, or give the resource another port in the AppHost.", _history.OnProbation);
            return;
        }

        _slot = passed.Slot;
        _timers.Set(InstanceTimer.SlotRelease, SlotLimit);
        _generation++;
        _restarts += _startCause is StartCause.Crash or StartCause.Probation ? 1 : 0;
        _startedAt = null;
        _endedAt = null;
        _wasReady = false;
        _lived = false;
        _checks = [];
        _outOfMemoryBefore = OutOfMemoryCounter.Read();
        _launch = null;
        _adopted = false;
        Move(InstanceState.Starting, null);
        if (_recordFault is { } fault)
        {
            OnLaunchFailed(new InstanceMessage.LaunchFailed(_generation, ExitKind.LaunchTransient, fault, Withdrawn: false));
            return;
        }

        _launchToken = new CancellationTokenSource();
        Track(LaunchAsync(_generation, _launchToken.Token));
    }

    private async Task LaunchAsync(int generation, CancellationToken cancellationToken)
    {
        IInstanceProcess? process = null;
        InstanceMessage result;
        try
        {
            var request = await _spec.Launches.NextAsync(generation, token => _spec.CreateLaunch(generation, token), cancellationToken).ConfigureAwait(false);
            var logStart = LastWords.Begin(request.LogFile, generation);
            process = await _launcher.LaunchAsync(request, cancellationToken).ConfigureAwait(false);
            result = new InstanceMessage.Launched(generation, process, request, logStart);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            result = new InstanceMessage.LaunchFailed(generation, ExitKind.LaunchTransient, "the launch was called off", Withdrawn: true);
        }
        catch (LaunchException e)
        {
            result = new InstanceMessage.LaunchFailed(generation, e.IsPermanent ? ExitKind.LaunchPermanent : ExitKind.LaunchTransient, e.Message, Withdrawn: false);
        }
        catch (DistributedApplicationException e)
        {
            result = new InstanceMessage.LaunchFailed(generation, ExitKind.LaunchPermanent, e.Message, Withdrawn: false);
        }
        catch (Exception e)
        {
            // From callbacks of the AppHost: environment, arguments.
            LogLaunchFaulted(e, _spec.Name);
            result = new InstanceMessage.LaunchFailed(generation, ExitKind.LaunchPermanent, e.Message, Withdrawn: false);
        }

        if (!Post(result))
        {
            process?.Signal(SignalNames.Kill); // the supervisor ended meanwhile: nobody would own it
        }
    }

    private void EndLaunch()
    {
        _launchToken?.Dispose();
        _launchToken = null;
    }

    private void OnLaunched(InstanceMessage.Launched launched)
    {
        EndLaunch();
        _process = launched.Process;
        _startedAt = _time.GetUtcNow();
        _launchedAt = Now;
        _launch = LaunchFacts.Of(launched.Request, _spec.ReloadSignal is not null, launched.LogStart);
        Track(WatchAsync(launched.Generation, launched.Process, _launch));
        LogLaunched(_spec.Name, launched.Process.Pid, launched.Generation);
        if (_stopCause is { } cause)
        {
            BeginStop(cause, null);
            return;
        }

        Publish();
        if (_recordFault is { } fault)
        {
            // Nobody would find it again.
            BeginStop(StopCause.Unrecorded, fault);
            return;
        }

        BeginReadiness();
    }

    private async Task WatchAsync(int generation, IInstanceProcess process, LaunchFacts launch)
    {
        var exit = await process.Exited.ConfigureAwait(false);
        Post(new InstanceMessage.Exited(generation, exit, launch.LogFile is { } log ? LastWords.Read(log, launch.LogStart) : []));
    }

    private void OnLaunchFailed(InstanceMessage.LaunchFailed failed)
    {
        EndLaunch();
        ReleaseSlot();
        _stopCause = null;
        if (_desired == Desired.Stopped || failed.Withdrawn)
        {
            // Withdrawn, but wanted again meanwhile: it starts anew.
            Move(InstanceState.Stopped, null);
            if (_desired == Desired.Running)
            {
                Wait(StartCause.CommandAgain);
            }

            return;
        }

        _lastExit = failed.Reason;
        _exitCode = null;
        _lastWords = [];
        Decide(new EndedRun(new ExitFacts(failed.Kind, 0), TimeSpan.Zero, TimeSpan.Zero), failed.Reason);
    }

    private void ReleaseSlot()
    {
        _timers.Cancel(InstanceTimer.SlotRelease);
        _slot?.Dispose();
        _slot = null;
    }

    [LoggerMessage(2101, LogLevel.Information, "Instance {Instance} launched: process {Pid}, generation {Generation}.")]
    private partial void LogLaunched(string instance, int pid, int generation);

    [LoggerMessage(2104, LogLevel.Error, "Instance {Instance}: the gate to its start failed.")]
    private partial void LogGateFailed(Exception exception, string instance);

    [LoggerMessage(2105, LogLevel.Error, "Instance {Instance}: its launch could not be prepared.")]
    private partial void LogLaunchFaulted(Exception exception, string instance);
}
