using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Lets one query read segments until its deadline; tells whether something could not be read.</summary>
internal sealed class SegmentAccess(SegmentReaders readers, CancellationToken deadline)
{
    /// <summary>The deadline passed, or a segment is damaged: not everything was read.</summary>
    public bool IsPartial { get; set; }

    /// <summary>False: it was interrupted, or it cannot be read.</summary>
    public bool Read(string file, Action<SegmentReader> read)
    {
        if (deadline.IsCancellationRequested)
        {
            IsPartial = true;
            return false;
        }

        if (readers.Rent(file) is not { } reader)
        {
            return true;
        }

        using var interrupt = deadline.Register(reader.Interrupt);
        try
        {
            read(reader);
            return true;
        }
        catch (StoreException e)
        {
            // A damaged segment hides what is in it, not the others.
            reader.IsSpent = !e.IsInterrupted;
            IsPartial = true;
            return false;
        }
        finally
        {
            readers.Return(reader);
        }
    }
}
