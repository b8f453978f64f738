using System.Collections.Immutable;
using Google.Protobuf;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Reads the points of segments one after the other until the deadline, and remembers when something could not be read.</summary>
internal sealed class SegmentWalk(ImmutableArray<SegmentInfo> segments, SegmentReaders readers, CancellationToken deadline)
{
    public bool IsPartial { get; set; }

    public bool IsLate => deadline.IsCancellationRequested;

    /// <summary>Those with points in a range of time, oldest first.</summary>
    public IReadOnlyList<SegmentInfo> Between(long from, long to) =>
        [.. segments.Where(segment => segment.Points > 0 && segment.MinTs < to && segment.MaxTs >= from).OrderBy(segment => segment.MinTs)];

    public void Read(SegmentInfo segment, Action<SegmentReader> read)
    {
        if (IsLate)
        {
            IsPartial = true;
            return;
        }

        if (readers.Rent(segment.File) is not { } reader)
        {
            // Gone by now.
            IsPartial = true;
            return;
        }

        using var interrupt = deadline.Register(reader.Interrupt);
        try
        {
            read(reader);
        }
        catch (StoreException e)
        {
            // Interrupted, or damaged: what is in this segment is missing, not the others.
            reader.IsSpent = !e.IsInterrupted;
            IsPartial = true;
        }
        catch (InvalidProtocolBufferException)
        {
            // A value that is none.
            IsPartial = true;
        }
        finally
        {
            readers.Return(reader);
        }
    }
}
