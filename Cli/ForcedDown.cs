using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Stack.Hosting.Supervision.Records;

namespace Stack.Cli;

/// <summary>Ends what an AppHost left running that is no more: every process that the records of its state folder tell of, and every other one that bears its name.</summary>
internal sealed class ForcedDown(CliHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <param name="stateFolders">Where it may have kept its state; those that are not there don't count.</param>
    /// <param name="cancellationToken">Ends the wait for the ends.</param>
    /// <exception cref="CliException">There was nothing to end, an AppHost holds the folder, or a process can't be ended.</exception>
    public async Task<int> RunAsync(IReadOnlyList<string> stateFolders, CancellationToken cancellationToken)
    {
        List<LeftReplica> killed = [];
        foreach (var folder in stateFolders.Where(f => File.Exists(Path.Combine(f, "lock"))))
        {
            using var hold = Hold(folder);
            killed.AddRange(await EndAsync(folder, cancellationToken));
        }

        if (killed.Count == 0)
        {
            throw new CliException(ExitCodes.NoAppHost, $"No AppHost is running, and none has left anything running. Looked at: {string.Join(", ", stateFolders)}.");
        }

        await host.Out.WriteLineAsync($"No AppHost is running. Killed what it had left: {string.Join(", ", killed.Select(k => $"{k.Name} (process {k.Pid})"))}.");
        return ExitCodes.Done;
    }

    // As an AppHost does: then none can start meanwhile.
    private static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var pid = Path.Combine(folder, "supervisor.pid") is var file && File.Exists(file) ? File.ReadAllText(file).Trim() : "unknown";
            throw new CliException(ExitCodes.Failed, $"The state folder '{folder}' is held by an AppHost (process {pid}) that does not answer. End that process first, then try again: {e.Message}", e);
        }
    }

    private static async Task<List<LeftReplica>> EndAsync(string folder, CancellationToken cancellationToken)
    {
        var records = InstanceRecordStore.Open(folder);
        var all = records.ReadAll((_, _) => { });
        var killed = all.Select(r => Kill(r, folder)).OfType<LeftReplica>().ToList();
        killed.AddRange(Unrecorded.End(folder).Select(p => new LeftReplica(p.Instance, p.Entry.Pid)));
        foreach (var left in killed)
        {
            await GoneAsync(left, cancellationToken);
        }

        foreach (var record in all)
        {
            records.Delete(record.Name);
        }

        return killed;
    }

    private static LeftReplica? Kill(InstanceRecord record, string folder)
    {
        var (held, _, _) = Recognition.Find(record, folder);
        using (held)
        {
            // While its leader is held and lives, the number of the group is its own.
            return held is not null && held.Signal(0) && Libc.Kill(-held.Pid, SignalNames.Kill) == 0 ? new LeftReplica(record.Name, held.Pid) : null;
        }
    }

    private static async Task GoneAsync(LeftReplica left, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (ProcessTable.Find(left.Pid) is { IsLive: true } || ProcessTable.LiveGroup(left.Pid).Any())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new CliException(ExitCodes.Failed, $"Process {left.Pid} of '{left.Name}' is still there after it was killed. Look at its state with 'ps -o pid,stat,wchan -p {left.Pid}'.");
            }

            await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
        }
    }

    private sealed record LeftReplica(string Name, int Pid);
}
