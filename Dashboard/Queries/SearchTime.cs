namespace Stack.Dashboard.Queries;

/// <summary>How long a search may take: a page shows what was found after a moment and searches on when asked; nothing takes longer than the deadline.</summary>
/// <param name="patience">Null: until the deadline.</param>
/// <param name="time">The clock.</param>
/// <param name="deadline">Interrupts the database.</param>
internal sealed class SearchTime(TimeSpan? patience, TimeProvider time, CancellationToken deadline)
{
    private readonly long _started = time.GetTimestamp();

    public CancellationToken Deadline => deadline;

    public bool IsUp => patience is { } most && time.GetElapsedTime(_started) >= most;

    /// <summary>How many there are is worth as much time again, no more.</summary>
    public CancellationTokenSource ForCounting()
    {
        var late = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        if (patience is { } most)
        {
            late.CancelAfter(most);
        }

        return late;
    }
}
