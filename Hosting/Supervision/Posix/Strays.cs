using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Descendants of a replica that left its group by starting a session of their own; known by the identity in their environment.</summary>
internal sealed partial class Strays
{
    private static readonly string[] Marks = ["STACK_STATE", "STACK_INSTANCE", "STACK_GENERATION"];

    private readonly string[] _marks;
    private readonly bool _end;

    private Strays(string[] marks, bool end)
    {
        _marks = marks;
        _end = end;
    }

    /// <summary>Those of one launch: ended where children die with the AppHost, reported where they may outlive it.</summary>
    public static Strays Of(LaunchRequest request)
    {
        string[] marks = [.. Marks.Where(request.Environment.ContainsKey).Select(m => $"{m}={request.Environment[m]}")];
        return new Strays(marks.Length == Marks.Length ? marks : [], request.ParentDeathSignal is not null);
    }

    /// <summary>Ends or reports them; returns the process ids of those that were ended.</summary>
    public IReadOnlyList<int> End(ILogger logger)
    {
        List<int> ended = [];
        foreach (var process in _marks.Length == 0 ? [] : ProcessTable.All().Where(p => p.IsLive && p.Pid != Environment.ProcessId))
        {
            if (!IsOurs(process.Pid))
            {
                continue;
            }

            if (!_end)
            {
                LogStray(logger, process.Pid, _marks[1]);
            }
            else if (Kill(process.Pid))
            {
                ended.Add(process.Pid);
            }
        }

        return ended;
    }

    private bool IsOurs(int pid)
    {
        var environment = ProcessTable.Environment(pid);
        return Array.TrueForAll(_marks, environment.Contains);
    }

    // Held by a descriptor before the last look, so that the signal can't reach a newcomer with the same number.
    private bool Kill(int pid)
    {
        var descriptor = Libc.PidFdOpen(pid);
        if (descriptor < 0)
        {
            return false;
        }

        var sent = IsOurs(pid) && Libc.PidFdSendSignal(descriptor, SignalNames.Kill) == 0;
        _ = Libc.Close(descriptor);
        return sent;
    }

    [LoggerMessage(2152, LogLevel.Warning, "Process {Pid} outlives its replica ({Instance}): it has left the replica's session. End it by hand if it is not meant to stay.")]
    private static partial void LogStray(ILogger logger, int pid, string instance);
}
