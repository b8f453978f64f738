namespace Stack.Dashboard.Storage;

/// <summary>A numbered series and the last point of it that was written.</summary>
internal sealed class SeriesSlot(long id)
{
    /// <summary>So long a value that does not change may be left out; longer silence means that nothing was sent.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromSeconds(60);

    private double? _lastProgress;
    private DateTimeOffset _lastTime;
    private DateTimeOffset? _lastStart;

    public long Id { get; } = id;

    /// <summary>Nothing of it is in this segment yet.</summary>
    public bool IsNew => _lastProgress is null;

    /// <summary>A value that did not change is written again only after a minute.</summary>
    /// <param name="point">What came.</param>
    /// <param name="isNewRun">The sender counts from another start than before.</param>
    public bool IsWorthWriting(PointRow point, out bool isNewRun)
    {
        // Deltas, whose progress is no number, begin anew with each point.
        isNewRun = point.Start != _lastStart && point.Start is not null && !double.IsNaN(point.Progress);
        if (_lastProgress == point.Progress && !isNewRun && point.Time - _lastTime < Repeat)
        {
            return false;
        }

        _lastProgress = point.Progress;
        _lastTime = point.Time;
        _lastStart = point.Start;
        return true;
    }
}
