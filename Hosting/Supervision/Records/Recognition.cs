namespace Stack.Hosting.Supervision.Records;

/// <summary>Finds the process of a record again and makes sure that it is that one; signals nothing.</summary>
internal static class Recognition
{
    /// <summary>Its process, held; or why there is none.</summary>
    /// <param name="record">What was written down.</param>
    /// <param name="stateFolder">The state folder that it belongs to.</param>
    public static (HeldProcess? Process, ProcessIdentity? Identity, string? Why) Find(InstanceRecord record, string stateFolder)
    {
        if ((record.Process ?? FindUnrecorded(record, stateFolder)) is not { } identity)
        {
            return (null, null, "it had no process");
        }

        if (identity.BootId != ProcessTable.BootId)
        {
            return (null, null, "the machine was started anew");
        }

        // Held first, compared then.
        var held = HeldProcess.Open(identity.Pid);
        var why = held is null ? Ended(identity) : WhyNot(record, identity, stateFolder);
        if (why is null)
        {
            return (held, identity, null);
        }

        held?.Dispose();
        return (null, null, why);
    }

    private static string? WhyNot(InstanceRecord record, ProcessIdentity identity, string stateFolder)
    {
        if (ProcessTable.Find(identity.Pid) is not { IsLive: true } entry || entry.StartTicks != identity.StartTicks)
        {
            return Ended(identity);
        }

        if (!IsMarked(record, identity.Pid, stateFolder))
        {
            return $"process {identity.Pid} does not bear its name";
        }

        return record is { ListensItself: true, Port: { } port } && PortPreflight.FindHolder(port) is { Pid: { } holder } && ProcessTable.Find(holder)?.Group != identity.Pid
            ? $"process {holder} listens on its port {port}"
            : null;
    }

    private static bool IsMarked(InstanceRecord record, int pid, string stateFolder)
    {
        if (record.CommandLineMark is not { } mark)
        {
            var environment = ProcessTable.Environment(pid);
            return environment.Contains($"STACK_STATE={stateFolder}") && environment.Contains($"STACK_INSTANCE={record.Name}");
        }

        return record.Program is { } program && ProcessTable.Program(pid) == RealPath(program) && ProcessTable.CommandLine(pid).Contains(mark, StringComparison.Ordinal);
    }

    // Launched, but its supervisor did not live to write that down.
    private static ProcessIdentity? FindUnrecorded(InstanceRecord record, string stateFolder)
        => record.State != InstanceRecord.Starting
            ? null
            : ProcessTable.All().Where(p => p is { IsLive: true, LeadsSession: true } && IsMarked(record, p.Pid, stateFolder))
                .Select(p => new ProcessIdentity(p.Pid, p.StartTicks, ProcessTable.BootId))
                .FirstOrDefault();

    private static string Ended(ProcessIdentity identity) => $"its process {identity.Pid} has ended";

    private static string RealPath(string program) => File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(program);
}
