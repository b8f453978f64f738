namespace Stack.Hosting.Supervision.Records;

/// <summary>Finds the replicas of a state folder by their processes alone: where a record is lost or torn, and what an AppHost that was killed left behind.</summary>
internal static class Unrecorded
{
    /// <summary>A record for each process that leads a session, bears the state folder's name, and is none of the known ones.</summary>
    public static IEnumerable<InstanceRecord> Find(string stateFolder, IReadOnlySet<string> known)
        => ProcessesOf(stateFolder).Where(p => p.Entry.LeadsSession && !known.Contains(p.Instance)).Select(p => new InstanceRecord
        {
            Name = p.Instance,
            Resource = "",
            Generation = p.Generation,
            State = InstanceRecord.Starting,
            Wanted = true,
            Process = new ProcessIdentity(p.Entry.Pid, p.Entry.StartTicks, ProcessTable.BootId),
            StopGrace = TimeSpan.FromSeconds(35),
        }).DistinctBy(r => r.Name);

    /// <summary>Ends every process that bears the state folder's name: in development none outlives its AppHost but by leaving its session.</summary>
    /// <returns>What was ended.</returns>
    public static IReadOnlyList<LeftProcess> End(string stateFolder)
    {
        List<LeftProcess> ended = [];
        foreach (var process in ProcessesOf(stateFolder))
        {
            using var held = HeldProcess.Open(process.Entry.Pid);
            if (held is not null && Marks(stateFolder, process.Entry.Pid) is not null && held.Signal(SignalNames.Kill))
            {
                ended.Add(process);
            }
        }

        return ended;
    }

    private static IEnumerable<LeftProcess> ProcessesOf(string stateFolder)
        => from process in ProcessTable.All()
           where process.IsLive && process.Pid != Environment.ProcessId
           let marks = Marks(stateFolder, process.Pid)
           where marks is not null
           select new LeftProcess(process, marks.Value.Instance, marks.Value.Generation);

    private static (string Instance, int Generation)? Marks(string stateFolder, int pid)
    {
        const string instance = "STACK_INSTANCE=";
        const string generation = "STACK_GENERATION=";
        var environment = ProcessTable.Environment(pid);
        return environment.Contains($"STACK_STATE={stateFolder}") && environment.FirstOrDefault(v => v.StartsWith(instance, StringComparison.Ordinal)) is { } name
            ? (name[instance.Length..], int.TryParse(environment.FirstOrDefault(v => v.StartsWith(generation, StringComparison.Ordinal))?[generation.Length..], out var number) ? number : 1)
            : null;
    }
}

/// <summary>A process that bears the name of a replica.</summary>
internal readonly record struct LeftProcess(ProcessEntry Entry, string Instance, int Generation);
