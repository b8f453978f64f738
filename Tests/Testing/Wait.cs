using System.Runtime.CompilerServices;

namespace Testing;

/// <summary>Waiting that ends: with what was waited for, or with an exception that tells what was last seen.</summary>
public static class Wait
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>For what no event tells, such as a line of the kernel's process table.</summary>
    public static Task Until(Func<bool> condition, Func<string>? seen = null, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "")
        => UntilAsync(() => Task.FromResult(condition()), seen, timeout, what);

    /// <summary>The same for what has to be asked for, without holding a thread meanwhile.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? seen = null, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var start = TimeProvider.System.GetTimestamp();
        var limit = timeout ?? Patience;
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s for: {what}.{(seen is null ? "" : $" Last seen: {seen()}")}");
            }

            await Task.Delay(LookAgain, TimeProvider.System);
        }
    }

    /// <summary>For a task that has to complete.</summary>
    public static async Task Within(this Task task, TimeSpan? timeout = null, Func<string>? seen = null, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        var limit = timeout ?? Patience;
        try
        {
            await task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s for: {what}.{(seen is null ? "" : $" Last seen: {seen()}")}", e);
        }
    }

    /// <summary>For a task that has to complete with a value.</summary>
    public static async Task<T> Within<T>(this Task<T> task, TimeSpan? timeout = null, Func<string>? seen = null, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await ((Task)task).Within(timeout, seen, what);
        return await task;
    }
}
