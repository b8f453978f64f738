using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Orchestration;

/// <summary>What the AppHost before left running in production, and how this one goes on with it: the same processes serve on, what is no longer in the model is stopped, what has other settings is told to its caller.</summary>
internal sealed partial class Adoption
{
    private readonly List<LeftInstance> _left;
    private readonly InstanceRecordStore? _records;
    private readonly ILogger _logger;

    private Adoption(List<LeftInstance> left, InstanceRecordStore? records, ILogger logger)
    {
        _left = left;
        _records = records;
        _logger = logger;
    }

    /// <summary>In development nothing outlives the AppHost: there is nothing to go on with.</summary>
    public static Adoption Nothing(ILogger logger) => new([], null, logger);

    /// <summary>Reads the records and takes hold of their processes; signals nothing.</summary>
    public static Adoption Find(InstanceRecordStore records, IProcessLauncher launcher, ILogger logger)
    {
        var known = records.ReadAll((file, why) => LogUnreadable(logger, file, why));
        var all = known.Concat(Unrecorded.Find(records.StateFolder, known.Select(r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase)));
        return new Adoption([.. all.Select(record =>
        {
            var (process, why) = launcher.TryAdopt(record, records.StateFolder);
            if (process is null && record.Process is not null)
            {
                LogGone(logger, record.Name, why!);
            }

            return new LeftInstance(record, process);
        })], records, logger);
    }

    /// <summary>True for a port whose holder is no stranger: it is that of a replica that goes on, whoever listens there for it, or its holder belongs to a replica that was left running.</summary>
    public bool Excuses(PlannedPort port, PortHolder holder) => Find(port.Replica)?.Process is not null || (holder.Pid is { } pid && Owns(pid));

    private bool Owns(int pid) => _left.Count > 0 && ProcessTable.Find(pid) is { } entry && _left.Exists(l => l.Process?.Pid == entry.Group);

    /// <summary>The port of a replica that was left running; null: it was not.</summary>
    public int? PortOf(string resource, int index)
        => _left.Find(l => l.Process is not null && l.Record.Index == index && string.Equals(l.Record.Resource, resource, StringComparison.OrdinalIgnoreCase))?.Record.Port;

    /// <summary>False for a replica that a command had stopped.</summary>
    public bool IsMeantToRun(string replica) => Find(replica) is not { Record.Wanted: false };

    /// <summary>True for a replica that ran when the AppHost before ended: it runs again, also if it is started by hand else.</summary>
    public bool Ran(string replica) => Find(replica) is { Record: { Wanted: true, Process: not null } };

    /// <summary>Gives each supervisor what was left of its replica.</summary>
    public Task HandOverAsync(IEnumerable<InstanceSupervisor> replicas)
        => Task.WhenAll(replicas.Select(r => Find(r.Current.Name) is { } left ? r.AdoptAsync(left.Record, left.Process) : Task.CompletedTask));

    /// <summary>Stops what is no longer in the model, all at the same time, and forgets it.</summary>
    public Task StopRemovedAsync(StackPlan plan, TimeProvider time)
    {
        var planned = plan.Resources.SelectMany(r => r.Replicas).Select(r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Task.WhenAll(_left.Where(l => !planned.Contains(l.Record.Name)).Select(l => StopAsync(l, time)));
    }

    /// <summary>The replicas that go on and would be launched in another way now.</summary>
    /// <param name="replicas">Replicas of one resource.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    public async Task<IReadOnlyList<string>> ChangedAsync(IEnumerable<InstanceSupervisor> replicas, CancellationToken cancellationToken)
    {
        List<string> changed = [];
        foreach (var replica in replicas)
        {
            try
            {
                if (Find(replica.Current.Name) is { Process: not null } left && await replica.WouldDifferAsync(left.Record, cancellationToken).ConfigureAwait(false))
                {
                    changed.Add(replica.Current.Name);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // It serves: a launch that can't even be prepared must not take its place.
                LogNotCompared(replica.Current.Name, e.Message);
            }
        }

        return changed;
    }

    private LeftInstance? Find(string replica) => _left.Find(l => string.Equals(l.Record.Name, replica, StringComparison.OrdinalIgnoreCase));

    private async Task StopAsync(LeftInstance left, TimeProvider time)
    {
        if (left.Process is { } process)
        {
            LogRemoved(left.Record.Name, process.Pid);
            process.Signal(left.Record.StopSignal);
            try
            {
                await process.Exited.WaitAsync(left.Record.StopGrace, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                process.Signal(SignalNames.Kill);
                await process.Exited.ConfigureAwait(false);
            }
        }

        _records!.Delete(left.Record.Name);
    }

    [LoggerMessage(3150, LogLevel.Warning, "The record '{File}' can't be used: {Reason}. A process of that replica is looked for by its environment.")]
    private static partial void LogUnreadable(ILogger logger, string file, string reason);

    [LoggerMessage(3151, LogLevel.Warning, "Replica '{Instance}' does not go on: {Reason}. It is started anew.")]
    private static partial void LogGone(ILogger logger, string instance, string reason);

    [LoggerMessage(3152, LogLevel.Information, "Replica '{Instance}' (process {Pid}) is no longer in the model: it is stopped.")]
    private partial void LogRemoved(string instance, int pid);

    [LoggerMessage(3153, LogLevel.Error, "Whether replica '{Instance}' has changed can't be told, so it stays as it is: {Reason}")]
    private partial void LogNotCompared(string instance, string reason);

    private sealed record LeftInstance(InstanceRecord Record, IInstanceProcess? Process);
}
