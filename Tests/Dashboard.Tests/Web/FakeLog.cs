using System.Runtime.CompilerServices;

namespace Stack.Dashboard.Tests.Web;

/// <summary>Console output that grows; readers follow it.</summary>
internal sealed class FakeLog
{
    private readonly Lock _lock = new();
    private readonly List<(string Text, int Generation)> _parts = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    /// <summary>Adds text as it is; a line ends with a line feed.</summary>
    public void Add(string text, int generation = 1) => Update(() => _parts.Add((text, generation)));

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _parts.Count;
            }
        }
    }

    public void Close() => Update(() => _closed = true);

    public async IAsyncEnumerable<(string Text, int Generation, int Number)> ReadAsync(int? tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int? at = null;
        while (true)
        {
            List<(string Text, int Generation)> news;
            Task grown;
            bool closed;
            lock (_lock)
            {
                at ??= Math.Max(0, _parts.Count - (tail ?? _parts.Count));
                news = _parts[at.Value..];
                at = _parts.Count;
                (grown, closed) = (_grown.Task, _closed);
            }

            for (var i = 0; i < news.Count; i++)
            {
                yield return (news[i].Text, news[i].Generation, at.Value - news.Count + i);
            }

            if (!follow || closed)
            {
                yield break;
            }

            await grown.WaitAsync(cancellationToken);
        }
    }

    private void Update(Action change)
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            change();
            (grown, _grown) = (_grown, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        grown.SetResult();
    }
}
