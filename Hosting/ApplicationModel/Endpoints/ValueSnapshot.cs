namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that becomes known once, and that may be awaited before.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public sealed class ValueSnapshot<T>
    where T : notnull
{
    private readonly TaskCompletionSource<T> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Task<T>? _latest;

    /// <summary>True when the value is known.</summary>
    public bool IsValueSet => Current.IsCompletedSuccessfully;

    /// <summary>The value, if it is known.</summary>
    internal T? Value => Current is { IsCompletedSuccessfully: true, Result: var value } ? value : default;

    private Task<T> Current => _latest ?? _first.Task;

    /// <summary>The value; waits until it is known.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> GetValueAsync(CancellationToken cancellationToken = default) => Current.WaitAsync(cancellationToken);

    /// <summary>Sets the value; a later call replaces it.</summary>
    /// <param name="value">The value.</param>
    public void SetValue(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _latest = Task.FromResult(value);
        _first.TrySetResult(value);
    }

    /// <summary>Lets all who wait fail.</summary>
    /// <param name="exception">Why there will be no value.</param>
    public void SetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        _latest = Task.FromException<T>(exception);
        _first.TrySetException(exception);
    }
}
