using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

// From Starting to Running, and what its probes say from then on.
internal sealed partial class InstanceSupervisor
{
    private const int MissesToNotReady = 3;
    private static readonly TimeSpan FirstProbePeriod = TimeSpan.FromMilliseconds(250);

    // A small program answers within milliseconds; others wait for its start slot meanwhile.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);

    private int _misses;
    private TimeSpan _pause;
    private string? _lastMiss;
    private TimeSpan _readyBefore;
    private TimeSpan? _readySince;

    /// <summary>Time for which this process has been ready.</summary>
    private TimeSpan ReadyTime => _readyBefore + (_readySince is { } since ? Now - since : TimeSpan.Zero);

    private void BeginReadiness()
    {
        _misses = 0;
        _pause = FirstPause;
        _lastMiss = null;
        _readyBefore = TimeSpan.Zero;
        _readySince = null;
        _timers.Set(InstanceTimer.StartSecs, _spec.StartSecs);
        if (_spec.Readiness.Count == 0)
        {
            // Nothing tells when its start is over: others don't wait for it.
            ReleaseSlot();
            return;
        }

        _timers.Set(InstanceTimer.StartDeadline, _spec.StartDeadline);
        StartProbe();
    }

    private void StartProbe()
    {
        if (_spec.Readiness.Count > 0 && _process is { } process && IsUp)
        {
            // The owner of the port can't change while it is held, so it is looked up until the first success only.
            Track(ProbeAsync(process, _state == InstanceState.Starting && _spec.ListensItself ? _spec.Port : null, _generation));
        }
    }

    private async Task ProbeAsync(IInstanceProcess process, int? ownPort, int generation)
    {
        try
        {
            var checks = await Task.WhenAll(_spec.Readiness.Select(CheckAsync)).ConfigureAwait(false);
            if (ownPort is { } port && Array.TrueForAll(checks, c => c.IsSuccess) && !process.OwnsListener(port))
            {
                checks = [.. checks.Select(c => c with { IsSuccess = false, Text = $"is not its own: another process than the replica listens on port {port}" })];
            }

            Post(new InstanceMessage.Probed(generation, checks));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Nobody asks any more.
        }
    }

    private async Task<CheckReport> CheckAsync(ProbeSpec probe)
    {
        try
        {
            var result = await _prober.ProbeAsync(probe, _ended.Token).ConfigureAwait(false);
            return new CheckReport(probe.Key, result.IsSuccess, result.Text);
        }
        catch (Exception e) when (e is not OperationCanceledException || !_ended.IsCancellationRequested)
        {
            LogProbeFailed(e, _spec.Name);
            return new CheckReport(probe.Key, false, $"failed: {e.Message}");
        }
    }

    private void OnProbed(IReadOnlyList<CheckReport> checks)
    {
        if (!IsUp || _health == InstanceHealth.Dead)
        {
            return;
        }

        if (_state == InstanceState.Starting)
        {
            OnFirstProbes(checks);
        }
        else
        {
            OnLaterProbe(checks);
        }
    }

    private void OnFirstProbes(IReadOnlyList<CheckReport> checks)
    {
        Report(checks);
        if (FirstMiss(checks) is { } miss)
        {
            _lastMiss = miss;
            _timers.Set(InstanceTimer.Probe, _pause);
            _pause = _pause < FirstProbePeriod / 2 ? _pause * 2 : FirstProbePeriod;
            _reason = miss;
            Publish();
            return;
        }

        // It has done the work of starting; others may begin theirs.
        ReleaseSlot();
        var alive = Now - _launchedAt;
        if (alive >= _spec.StartSecs)
        {
            OnStarted();
        }
        else
        {
            _timers.Set(InstanceTimer.Probe, _spec.StartSecs - alive);
            _reason = null;
            Publish();
        }
    }

    private void OnLaterProbe(IReadOnlyList<CheckReport> checks)
    {
        _timers.Set(InstanceTimer.Probe, _spec.ProbePeriod);
        if (FirstMiss(checks) is not { } miss)
        {
            _misses = 0;
            Report(checks);
            if (_health != InstanceHealth.Ready)
            {
                LogReadyAgain(_spec.Name);
                BecomeReady();
                _reason = null;
                Publish();
            }

            return;
        }

        _lastMiss = miss;
        if (++_misses >= MissesToNotReady && _health != InstanceHealth.NotReady)
        {
            LogNotReady(_spec.Name, _lastMiss);
            LoseReadiness(InstanceHealth.NotReady);
            _reason = _lastMiss;
        }

        // One miss alone is no news: the reports say what the health says.
        if (_health != InstanceHealth.Ready)
        {
            Report(checks);
            Publish();
        }
    }

    private void Report(IReadOnlyList<CheckReport> checks) => _checks = _checks.SequenceEqual(checks) ? _checks : checks;

    private string? FirstMiss(IReadOnlyList<CheckReport> checks)
    {
        for (var i = 0; i < checks.Count; i++)
        {
            if (!checks[i].IsSuccess)
            {
                return $"{_spec.Readiness[i].Name} {checks[i].Text}";
            }
        }

        return null;
    }

    /// <summary>It has lived for its start time: without checks that is all it takes.</summary>
    private void OnStartSecs()
    {
        _lived = true;
        if (_spec.Readiness.Count == 0)
        {
            OnStarted();
        }
        else
        {
            Publish();
        }
    }

    /// <summary>It lives, and answers where it has a check.</summary>
    private void OnStarted()
    {
        if (_state != InstanceState.Starting)
        {
            return;
        }

        ReleaseSlot();
        _timers.Cancel(InstanceTimer.StartDeadline, InstanceTimer.StartSecs);
        _wasReady = true;
        _lived = true;
        BecomeReady();
        Move(InstanceState.Running, null);
        LogRunning(_spec.Name, (Now - _launchedAt).TotalMilliseconds);
        if (_spec.Readiness.Count > 0)
        {
            _timers.Set(InstanceTimer.Probe, _spec.ProbePeriod);
        }

        BeginLiveness();
    }

    private void BecomeReady()
    {
        _health = InstanceHealth.Ready;
        _readySince = Now;
        _timers.Set(InstanceTimer.Forgiven, RestartPolicy.ForgivenAfter - _readyBefore);
    }

    private void LoseReadiness(InstanceHealth to)
    {
        _readyBefore = ReadyTime;
        _readySince = null;
        _timers.Cancel(InstanceTimer.Forgiven);
        _health = to;
    }

    private void OnForgiven()
    {
        if (_history.Consecutive == 0 && !_history.OnProbation)
        {
            return;
        }

        // Off probation it begins anew; else only the failures in a row are forgotten, not those of the last ten minutes.
        _history = _history.OnProbation ? FailureHistory.Empty : _history with { Consecutive = 0 };
        Publish();
    }

    private void OnStartDeadline()
    {
        if (IsUp && _state == InstanceState.Starting)
        {
            BeginStop(StopCause.StartTimeout, $"not ready within {_spec.StartDeadline.TotalSeconds:0.#} s{(_lastMiss is null ? "" : $": {_lastMiss}")}");
        }
    }

    [LoggerMessage(2102, LogLevel.Information, "Instance {Instance} is running after {Milliseconds:0} ms.")]
    private partial void LogRunning(string instance, double milliseconds);

    [LoggerMessage(2106, LogLevel.Warning, "Instance {Instance} is not ready: {Reason}.")]
    private partial void LogNotReady(string instance, string reason);

    [LoggerMessage(2107, LogLevel.Information, "Instance {Instance} is ready again.")]
    private partial void LogReadyAgain(string instance);

    [LoggerMessage(2108, LogLevel.Error, "Instance {Instance}: a probe failed unexpectedly.")]
    private partial void LogProbeFailed(Exception exception, string instance);
}
