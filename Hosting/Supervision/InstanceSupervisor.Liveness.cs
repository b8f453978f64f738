using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

// Whether a replica that runs has hung. Readiness takes it out of traffic for a while; this ends it.
internal sealed partial class InstanceSupervisor
{
    /// <summary>What this process is asked; null: nothing of what it may answer has been answered yet.</summary>
    private ProbeSpec? _alive;
    private int _aliveMisses;

    private void BeginLiveness()
    {
        if (_spec.Liveness is { } liveness)
        {
            _alive = liveness.Declared;
            _aliveMisses = 0;
            _timers.Set(InstanceTimer.Liveness, liveness.Period);
        }
    }

    private void StartLivenessProbe()
    {
        if (_spec.Liveness is { } liveness && _state == InstanceState.Running)
        {
            Track(ProbeLivenessAsync(_alive is { } known ? [known] : liveness.Guesses, _generation));
        }
    }

    private async Task ProbeLivenessAsync(IReadOnlyList<ProbeSpec> probes, int generation)
    {
        CheckReport? report = null;
        try
        {
            foreach (var probe in probes)
            {
                report = await CheckAsync(probe).ConfigureAwait(false);
                if (report.IsSuccess)
                {
                    Post(new InstanceMessage.LivenessProbed(generation, probe, null));
                    return;
                }
            }

            Post(new InstanceMessage.LivenessProbed(generation, null, report is null ? null : $"{probes[^1].Name} {report.Text}"));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Nobody asks any more.
        }
    }

    private void OnLivenessProbed(InstanceMessage.LivenessProbed probed)
    {
        if (_state != InstanceState.Running || _spec.Liveness is not { } liveness)
        {
            return;
        }

        var misses = _alive is not null && probed.Miss is not null && !liveness.IsSuspended();
        _alive ??= probed.Answered;
        _aliveMisses = misses ? _aliveMisses + 1 : 0;
        if (_aliveMisses >= liveness.MissesToDead)
        {
            OnHung(liveness, probed.Miss!);
        }
        else
        {
            _timers.Set(InstanceTimer.Liveness, liveness.Period);
        }
    }

    private void OnHung(LivenessSpec liveness, string miss)
    {
        CancelRunTimers();
        LoseReadiness(InstanceHealth.Dead);
        LogHung(_spec.Name, _process!.Pid, miss);
        Alert($"Replica '{_spec.Name}' has hung (process {_process.Pid}): {miss}. It is stopped and started again.");
        if (liveness.Dump is { } dump)
        {
            Publish($"not alive: {miss}; writing a dump");
            Track(DumpAsync(dump, _process.Pid, _generation, miss));
        }
        else
        {
            BeginStop(StopCause.Unhealthy, $"not alive: {miss}");
        }
    }

    private async Task DumpAsync(Func<int, int, CancellationToken, Task<string>> dump, int pid, int generation, string miss)
    {
        string came;
        try
        {
            came = await dump(pid, generation, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogDumpFailed(e, _spec.Name);
            came = $"no dump: {e.Message}";
        }

        Post(new InstanceMessage.Dumped(generation, $"not alive: {miss}; {came}"));
    }

    // A command may have overtaken it.
    private void OnDumped(InstanceMessage.Dumped dumped)
    {
        if (_state == InstanceState.Running && _health == InstanceHealth.Dead)
        {
            LogDumped(_spec.Name, dumped.Reason);
            BeginStop(StopCause.Unhealthy, dumped.Reason);
        }
    }

    [LoggerMessage(2120, LogLevel.Error, "Instance {Instance} has hung (process {Pid}): {Miss}. It is stopped and started again.")]
    private partial void LogHung(string instance, int pid, string miss);

    [LoggerMessage(2121, LogLevel.Warning, "Instance {Instance}: {Reason}.")]
    private partial void LogDumped(string instance, string reason);

    [LoggerMessage(2122, LogLevel.Error, "Instance {Instance}: its dump failed.")]
    private partial void LogDumpFailed(Exception exception, string instance);
}
