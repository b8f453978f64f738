namespace Stack.Hosting.Supervision;

// What a roll-out needs to know beside the state: may be asked from outside the loop.
internal sealed partial class InstanceSupervisor
{
    // Room for a start slot and a slow launch.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    public string Name => _spec.Name;

    public LaunchMemory Launches => _spec.Launches;

    /// <summary>A roll-out comes to the replica, and may have to go back to what it runs now.</summary>
    public void KeepLaunch() => Launches.Keep(Current is { Adopted: true, Pid: { } pid } ? RunningProgram.Read(pid) : null);

    /// <summary>The command line of what runs or is started again when it ends; empty: nothing is.</summary>
    public string CommandLine => Current switch
    {
        { Adopted: true, Pid: { } pid } => ProcessTable.CommandLine(pid),
        { Wanted: true } when Launches.Last is { } last => string.Join(' ', [last.FileName, .. last.Arguments]),
        _ => "",
    };

    /// <summary>The last lines that its process has written; those of the one before, while it has written none or there is none.</summary>
    public IReadOnlyList<string> Words()
        => Current.Pid is not null && _launch is { LogFile: { } log } launch && LastWords.Read(log, launch.LogStart) is { Count: > 0 } words ? words : Current.LastWords;

    /// <summary>The longest that an orderly restart may take; one that takes longer hangs.</summary>
    public TimeSpan RestartLimit => _spec.StopGrace + _spec.StartDeadline + Margin;

    /// <summary>Asks the checks until all of them succeed that many times in a row, 250 ms apart.</summary>
    /// <returns>Null: they do; else what they said last when the start deadline was over.</returns>
    public async Task<string?> ConfirmReadyAsync(int times, CancellationToken cancellationToken)
    {
        var start = Now;
        string? miss = null;
        for (var successes = 0; _spec.Readiness.Count > 0 && successes < times;)
        {
            var checks = await Task.WhenAll(_spec.Readiness.Select(CheckAsync)).WaitAsync(cancellationToken).ConfigureAwait(false);
            miss = FirstMiss(checks);
            successes = miss is null ? successes + 1 : 0;
            if (miss is not null && Now - start > _spec.StartDeadline)
            {
                break;
            }

            if (successes < times)
            {
                await Task.Delay(FirstProbePeriod, _time, cancellationToken).ConfigureAwait(false);
            }
        }

        return miss;
    }
}
