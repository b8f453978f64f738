using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Lets one query read segments until its deadline; tells whether something could not be read.</summary>
internal sealed class SegmentAccess(SegmentReaders readers, CancellationToken deadline)
{
    private readonly Dictionary<string, SegmentReader> _held = [];

    /// <summary>The deadline passed, or a segment is damaged or gone by now: not everything was read.</summary>
    public bool IsPartial { get; set; }

    /// <summary>False: it was interrupted, or it cannot be read. A segment that is gone by now is passed over. What is read may ask for more, also of the same segment.</summary>
    public bool Read(string file, Action<SegmentReader> read)
    {
        if (deadline.IsCancellationRequested)
        {
            IsPartial = true;
            return false;
        }

        if (_held.TryGetValue(file, out var held))
        {
            // A second loan would wait for whoever waits for the first one to end.
            read(held);
            return true;
        }

        if (readers.Rent(file) is not { } reader)
        {
            IsPartial = true;
            return true;
        }

        _held[file] = reader;
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
            _held.Remove(file);
            readers.Return(reader);
        }
    }
}
