namespace Stack.Dashboard.Storage;

/// <summary>Decides which segments must go. Pure.</summary>
internal static class RetentionPolicy
{
    /// <param name="segments">Oldest first; the last one is being written and always stays.</param>
    /// <param name="otherBytes">What else is in the folder: meta.db, files put aside.</param>
    public static IReadOnlyList<string> Choose(
        IReadOnlyList<SegmentInfo> segments, long otherBytes, long freeBytes, DateTimeOffset now, StorageOptions options)
    {
        var doomed = new List<string>();
        var bytes = otherBytes + segments.Sum(segment => segment.Bytes);
        var oldestWanted = UnixTicks.Of(now - options.MaxAge);
        foreach (var segment in segments.SkipLast(1))
        {
            // A segment is as old as its newest row.
            if (bytes <= options.MaxBytes && freeBytes >= options.MinFreeBytes && segment.MaxId >= oldestWanted)
            {
                break;
            }

            doomed.Add(segment.File);
            bytes -= segment.Bytes;
            freeBytes += segment.Bytes;
        }

        return doomed;
    }
}
