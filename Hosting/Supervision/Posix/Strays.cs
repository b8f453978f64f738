using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Descendants of a replica that left its group by starting a session of their own; known by the identity in their environment.</summary>
internal sealed partial class Strays
{
    private readonly string? _identity;
    private readonly string _instance;
    private readonly bool _end;

    private Strays(string? identity, string instance, bool end)
    {
        _identity = identity;
        _instance = instance;
        _end = end;
    }

    /// <summary>Those of one launch: ended where children die with the AppHost, reported where they may outlive it.</summary>
    public static Strays Of(LaunchRequest request)
        => new(IdentityScan.Of(request.Environment.GetValueOrDefault), request.Environment.GetValueOrDefault("STACK_INSTANCE", ""), request.ParentDeathSignal is not null);

    /// <summary>Those of a launch that an earlier AppHost made: reported, for only what may outlive an AppHost is found again.</summary>
    public static Strays Of(InstanceRecord record, string stateFolder)
        => new(IdentityScan.Of(stateFolder, record.Name, record.Generation), record.Name, end: false);

    /// <summary>Ends or reports them; returns the process ids of those that were ended.</summary>
    public async Task<IReadOnlyList<int>> EndAsync(ILogger logger)
    {
        List<int> ended = [];
        foreach (var pid in _identity is null ? [] : (await IdentityScan.FromNowAsync().ConfigureAwait(false))[_identity])
        {
            if (!_end)
            {
                LogStray(logger, pid, _instance);
            }
            else if (Kill(pid))
            {
                ended.Add(pid);
            }
        }

        return ended;
    }

    private bool Kill(int pid)
    {
        using var held = HeldProcess.Open(pid);
        return held is not null && IdentityScan.Of(pid) == _identity && held.Signal(SignalNames.Kill);
    }

    [LoggerMessage(2152, LogLevel.Warning, "Process {Pid} outlives its replica ({Instance}): it has left the replica's session. End it by hand if it is not meant to stay.")]
    private static partial void LogStray(ILogger logger, int pid, string instance);
}
