using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>The one thread that starts all children, and never ends: the kernel's parent-death signal follows the thread that started the child, not the process.</summary>
internal static class SpawnerThread
{
    private static readonly BlockingCollection<Action> Work = [];
    private static readonly TaskCompletionSource<int> Started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool _hasOwnMask;

    static SpawnerThread() => new Thread(Loop) { IsBackground = true, Name = "stack-spawner" }.Start();

    /// <summary>Its id in the kernel.</summary>
    public static Task<int> Id => Started.Task;

    /// <summary>Runs the function there.</summary>
    public static Task<T> RunAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Runs the function with another file mode mask, which children inherit. To be called there.</summary>
    /// <exception cref="LaunchException">The mask can't be set for this thread alone.</exception>
    public static T WithMask<T>(int mask, Func<T> function)
    {
        if (!_hasOwnMask && Libc.Unshare(Libc.ShareFileSystem) < 0)
        {
            throw new LaunchException(
                $"Umask can't be set: the kernel refuses unshare(2) ({Marshal.GetLastPInvokeErrorMessage()}), as the security profiles of containers do. Start the AppHost itself with the mask, and leave Umask out.",
                Marshal.GetLastPInvokeError(),
                isPermanent: true);
        }

        // From here on mask and working directory are no longer those of the other threads.
        _hasOwnMask = true;
        var before = Libc.Umask(mask);
        try
        {
            return function();
        }
        finally
        {
            _ = Libc.Umask(before);
        }
    }

    private static void Loop()
    {
        Started.SetResult(Libc.CurrentThreadId());
        foreach (var work in Work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
