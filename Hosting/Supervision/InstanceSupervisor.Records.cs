using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision;

// What is written down for the next AppHost, and how this one goes on with what the last one left.
internal sealed partial class InstanceSupervisor
{
    private LaunchFacts? _launch;
    private bool _adopted;
    private bool _isLeft;

    /// <summary>False after a stop by command; a stop with the whole stack does not count.</summary>
    private bool _isMeantToRun;

    private InstanceRecord? _recorded;

    /// <summary>Why the last change could not be written down; null: it was.</summary>
    private string? _recordFault;

    private void Record()
    {
        if (_spec.Records is not { } records)
        {
            return;
        }

        // Of what has neither a process, nor will have one at once, nor was stopped by the user, there is nothing to know.
        var record = _process is not null || IsLaunching || (_generation > 0 && !_isMeantToRun) ? ToRecord() : null;
        if (record is null ? _recorded is null : record.IsSame(_recorded))
        {
            return;
        }

        try
        {
            if (record is null)
            {
                records.Delete(_spec.Name);
            }
            else
            {
                records.Write(record);
            }

            _recorded = record;
            _recordFault = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _recordFault = $"its record '{records.FileOf(_spec.Name)}' can't be written: {e.Message} Without it the next AppHost would not find the process";
            LogNotRecorded(_spec.Name, e.Message);
        }
    }

    private InstanceRecord ToRecord() => new()
    {
        Name = _spec.Name,
        Resource = _spec.Resource,
        Index = _spec.Index,
        Port = _spec.Port,
        ListensItself = _spec.ListensItself,
        Generation = _generation,
        State = _state.ToString(),
        Wanted = _isMeantToRun,
        Process = _process?.Identity,
        Program = _launch?.Program,
        CommandLineMark = _spec.CommandLineMark,
        LaunchHash = _launch?.Hash,
        ContentVersion = _spec.ContentVersion,
        StartedAt = _startedAt,
        Restarts = _restarts,
        ConsecutiveFailures = _history.Consecutive,
        RecentFailures = [.. _history.Recent.Select(t => _time.GetUtcNow() - (Now - t))],
        LogFile = _launch?.LogFile,
        LogStart = _launch?.LogStart ?? 0,
        StopSignal = _spec.StopSignal,
        StopGrace = _spec.StopGrace,
    };

    /// <summary>True when the replica would be launched in another way now than its process was by an earlier AppHost.</summary>
    /// <param name="record">What was written down of that launch.</param>
    /// <param name="cancellationToken">Ends the evaluation of its settings.</param>
    public async Task<bool> WouldDifferAsync(InstanceRecord record, CancellationToken cancellationToken)
    {
        if (!_spec.IsComparable)
        {
            return false;
        }

        var request = await _spec.CreateLaunch(record.Generation + 1, cancellationToken).ConfigureAwait(false);
        return LaunchHash.Of(request, _spec.ReloadSignal is not null) != record.LaunchHash || (_spec.ReloadSignal is null && _spec.ContentVersion != record.ContentVersion);
    }

    private void OnAdopt(InstanceMessage.Adopt adopt)
    {
        var record = adopt.Record;
        _recorded = record;
        _generation = record.Generation;
        _isMeantToRun = record.Wanted;
        if (adopt.Process is { } process)
        {
            GoOnWith(process, record);
        }
        else
        {
            // Its end counts as a restart when it is started now.
            _restarts = record.Restarts + (record is { Wanted: true, Process: not null } ? 1 : 0);
        }

        adopt.Done.SetResult();
    }

    private void GoOnWith(IInstanceProcess process, InstanceRecord record)
    {
        var now = _time.GetUtcNow();
        _process = process;
        _adopted = true;
        _desired = Desired.Running;
        _startedAt = record.StartedAt ?? now;
        _launchedAt = Now - Past(now - _startedAt.Value);
        _launch = new LaunchFacts(record.Program, record.LaunchHash, record.LogFile, record.LogStart);
        _restarts = record.Restarts;
        _history = new FailureHistory { Consecutive = record.ConsecutiveFailures, Recent = [.. record.RecentFailures.Select(t => Now - Past(now - t))] };
        _outOfMemoryBefore = OutOfMemoryCounter.Read();
        Track(WatchAsync(_generation, process, _launch));
        LogAdopted(_spec.Name, process.Pid, _generation);
        Resume(record.State == nameof(InstanceState.Running));
        if (!record.Wanted)
        {
            WantStopped(StopCause.Command);
        }
        else if (_spec.ReloadSignal is { } reload && _spec.ContentVersion != record.ContentVersion)
        {
            LogReloaded(_spec.Name, process.Pid);
            if (_spec.Reload is { } own)
            {
                Track(ReloadAsync(own, process.Pid));
            }
            else
            {
                process.Signal(reload, leaderOnly: true);
            }
        }
    }

    private async Task ReloadAsync(Func<int, Task> reload, int pid)
    {
        try
        {
            await reload(pid).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotReloaded(_spec.Name, e.Message);
        }
    }

    private void Resume(bool wasRunning)
    {
        if (!wasRunning)
        {
            Move(InstanceState.Starting, null);
            BeginReadiness();
            return;
        }

        _wasReady = true;
        _lived = true;
        if (_spec.Readiness.Count == 0)
        {
            BecomeReady();
        }

        Move(InstanceState.Running, null);
        StartProbe();
        BeginLiveness();
    }

    // A clock that was set back must not put an event into the future.
    private static TimeSpan Past(TimeSpan ago) => ago > TimeSpan.Zero ? ago : TimeSpan.Zero;

    /// <summary>Nothing is signalled and nothing started any more; the record stays as it is.</summary>
    private void OnLeave(InstanceMessage.Leave leave)
    {
        _isLeft = true;
        LeaveGate();
        ReleaseSlot();
        _launchToken?.Cancel();
        _timers.Dispose();
        leave.Done.SetResult();
    }

    /// <summary>What is known of the launch of the present process.</summary>
    private sealed record LaunchFacts(string? Program, string? Hash, string? LogFile, long LogStart)
    {
        public static LaunchFacts Of(LaunchRequest request, bool readsFilesAgain, long logStart) => new(request.FileName, LaunchHash.Of(request, readsFilesAgain), request.LogFile, logStart);
    }

    [LoggerMessage(2125, LogLevel.Information, "Instance {Instance} goes on: process {Pid}, generation {Generation}, was left running by the AppHost before.")]
    private partial void LogAdopted(string instance, int pid, int generation);

    [LoggerMessage(2126, LogLevel.Warning, "Instance {Instance}: its record can't be written: {Reason}")]
    private partial void LogNotRecorded(string instance, string reason);

    [LoggerMessage(2128, LogLevel.Error, "Instance {Instance} did not take over its changed files: {Reason}")]
    private partial void LogNotReloaded(string instance, string reason);

    [LoggerMessage(2127, LogLevel.Information, "Instance {Instance}: process {Pid} takes over its changed files.")]
    private partial void LogReloaded(string instance, int pid);
}
