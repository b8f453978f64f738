namespace Stack.Dashboard.Storage;

/// <summary>The ids of the last spans that were counted: a batch whose answer got lost is sent again.</summary>
internal sealed class RecentSpans
{
    private const int Kept = 20_000;
    private readonly HashSet<string> _ids = [];
    private readonly Queue<string> _order = new();
    private readonly List<string> _open = [];

    /// <summary>False for one that was counted a moment ago.</summary>
    public bool Add(string spanId)
    {
        if (!_ids.Add(spanId))
        {
            return false;
        }

        _open.Add(spanId);
        return true;
    }

    public void Accept()
    {
        foreach (var id in _open)
        {
            _order.Enqueue(id);
        }

        _open.Clear();
        while (_order.Count > Kept)
        {
            _ids.Remove(_order.Dequeue());
        }
    }

    /// <summary>What was added since the last <see cref="Accept"/> comes again.</summary>
    public void Undo()
    {
        _ids.ExceptWith(_open);
        _open.Clear();
    }
}
