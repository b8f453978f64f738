namespace Stack.Hosting.Observation;

/// <summary>Waits for several things at once.</summary>
internal static class Waits
{
    /// <summary>Completes when all have; the first that fails ends the others, and is what is thrown.</summary>
    public static async Task AllOrFirstFailureAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> wait, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = items.Select(i => wait(i, ending.Token)).ToList();
        var left = waits.ToList();
        while (left.Count > 0)
        {
            var next = await Task.WhenAny(left).ConfigureAwait(false);
            left.Remove(next);
            if (next.IsCompletedSuccessfully)
            {
                continue;
            }

            await ending.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(left)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await next.ConfigureAwait(false);
        }
    }
}
