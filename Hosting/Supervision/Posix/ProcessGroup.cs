using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Sees to it that with the leader of a group nothing of the group is left.</summary>
internal static partial class ProcessGroup
{
    // What was killed is gone within milliseconds, unless the kernel holds it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    /// <summary>Ends the rest, waits until it is gone, then tells how the leader ended.</summary>
    /// <param name="leader">Number of the leader and of the group.</param>
    /// <param name="endRest">Ends what is left; returns the processes outside the group that it ended too.</param>
    /// <param name="exit">How the leader ended.</param>
    /// <param name="exited">Gets that at the end, whatever happens.</param>
    /// <param name="logger">For what stays.</param>
    public static async Task FinishAsync(int leader, Func<Task<IReadOnlyList<int>>> endRest, ExitFacts exit, TaskCompletionSource<ExitFacts> exited, ILogger logger)
    {
        try
        {
            var start = TimeProvider.System.GetTimestamp();
            var strays = await endRest().ConfigureAwait(false);
            while (!IsEmpty(leader) || strays.Any(p => ProcessTable.Find(p) is { IsLive: true }))
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                {
                    LogRestStays(logger, leader);
                    return;
                }

                await Task.Delay(LookAgain, TimeProvider.System).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogRestFailed(logger, e, leader);
        }
        finally
        {
            exited.SetResult(exit);
        }
    }

    // The signal reaches zombies too, so only its failure is a quick answer.
    private static bool IsEmpty(int leader) => (Libc.Kill(-leader, 0) < 0 && Marshal.GetLastPInvokeError() != Libc.PermissionDenied) || !ProcessTable.LiveGroup(leader).Any();

    [LoggerMessage(2150, LogLevel.Error, "Process {Pid} has ended, but others of its group could not be ended.")]
    private static partial void LogRestFailed(ILogger logger, Exception exception, int pid);

    [LoggerMessage(2151, LogLevel.Warning, "Process {Pid} has ended, but others of its group are still there after they were killed.")]
    private static partial void LogRestStays(ILogger logger, int pid);
}
