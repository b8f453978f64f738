using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Reads segments one by one until a deadline, and knows whether something could not be read.</summary>
internal sealed class SegmentReads(SegmentReaders readers, CancellationToken deadline)
{
    /// <summary>What was found is not all: the deadline passed, or a segment is damaged.</summary>
    public bool IsPartial { get; private set; }

    public void Run(SegmentInfo segment, Action<SegmentReader> read)
    {
        if (deadline.IsCancellationRequested)
        {
            IsPartial = true;
            return;
        }

        if (readers.Rent(segment.File) is not { } reader)
        {
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
        finally
        {
            readers.Return(reader);
        }
    }
}
