namespace Stack.Dashboard.Storage;

/// <summary>Lends read connections to segments, keeps the last used few open, and lets the maintenance of a file wait until nobody reads it.</summary>
internal sealed class SegmentReaders(string directory, int keepOpen = 4) : IDisposable
{
    /// <summary>What queries have to leave out.</summary>
    public Func<ClearedMarks> Cleared { get; init; } = () => ClearedMarks.None;

    private readonly object _gate = new();
    private readonly LinkedList<SegmentReader> _idle = new();
    private readonly Dictionary<string, int> _lent = [];
    private readonly HashSet<string> _closed = [];
    private bool _disposed;

    /// <summary>Null when the file is gone or cannot be read.</summary>
    public SegmentReader? Rent(string file)
    {
        lock (_gate)
        {
            while (_closed.Contains(file))
            {
                Monitor.Wait(_gate);
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            _lent[file] = _lent.GetValueOrDefault(file) + 1;
            for (var node = _idle.Last; node is not null; node = node.Previous)
            {
                if (node.Value.File == file)
                {
                    _idle.Remove(node);
                    node.Value.Cleared = Cleared();
                    return node.Value;
                }
            }

            MakeRoom();
        }

        try
        {
            var path = Path.Combine(directory, file);
            if (File.Exists(path))
            {
                var reader = SegmentReader.Open(path);
                reader.Cleared = Cleared();
                return reader;
            }
        }
        catch (StoreException)
        {
            // Deleted a moment ago, or broken: the query goes on without it, and recovery puts it aside at the next start.
        }

        Release(file);
        return null;
    }

    public void Return(SegmentReader reader)
    {
        SegmentReader? surplus = null;
        lock (_gate)
        {
            // A handle of a deleted file would keep its space.
            if (_disposed || reader.IsSpent || _closed.Contains(reader.File) || !File.Exists(Path.Combine(directory, reader.File)))
            {
                surplus = reader;
            }
            else
            {
                _idle.AddLast(reader);
            }
        }

        surplus?.Dispose();
        Release(reader.File);
    }

    /// <summary>Waits until nobody reads the file and keeps readers out until the answer is disposed.</summary>
    public IDisposable Close(string file)
    {
        lock (_gate)
        {
            _closed.Add(file);
            DropIdle(file);
            while (_lent.GetValueOrDefault(file) > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        return new Reopening(this, file);
    }

    /// <summary>Whether somebody keeps readers out of the file, or waits for the last one to end.</summary>
    public bool IsClosing(string file)
    {
        lock (_gate)
        {
            return _closed.Contains(file);
        }
    }

    /// <summary>Lets go of a deleted file, so that its space is freed.</summary>
    public void Forget(string file)
    {
        lock (_gate)
        {
            DropIdle(file);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var reader in _idle)
            {
                reader.Dispose();
            }

            _idle.Clear();
        }
    }

    // Those that are lent count too.
    private void MakeRoom()
    {
        while (_idle.Count > 0 && _idle.Count + _lent.Values.Sum() > keepOpen)
        {
            _idle.First!.Value.Dispose();
            _idle.RemoveFirst();
        }
    }

    private void DropIdle(string file)
    {
        for (var node = _idle.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.File == file)
            {
                _idle.Remove(node);
                node.Value.Dispose();
            }

            node = next;
        }
    }

    private void Release(string file)
    {
        lock (_gate)
        {
            if (--_lent[file] == 0)
            {
                _lent.Remove(file);
            }

            MakeRoom();
            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Reopening(SegmentReaders readers, string file) : IDisposable
    {
        public void Dispose()
        {
            lock (readers._gate)
            {
                readers._closed.Remove(file);
                Monitor.PulseAll(readers._gate);
            }
        }
    }
}
