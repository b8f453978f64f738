using System.Collections.Concurrent;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>The one thread that starts all children, and never ends: the kernel's parent-death signal follows the thread that started the child, not the process.</summary>
internal static class SpawnerThread
{
    private static readonly BlockingCollection<Action> Work = [];
    private static readonly TaskCompletionSource<int> Started = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    private static void Loop()
    {
        Started.SetResult(Libc.CurrentThreadId());
        foreach (var work in Work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
