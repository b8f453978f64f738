using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>One measure of one sender in a window.</summary>
internal sealed class MeasureFigures(OverviewWindow window)
{
    private readonly UsageSum[] _parts = new UsageSum[window.Parts];
    private long _lastAt;
    private UsageSum _last;

    public bool IsKnown => _lastAt != 0;

    /// <summary>At the end of the window.</summary>
    public double? Last => IsKnown ? _last.Sum / _last.Count : null;

    /// <summary>Over the whole window.</summary>
    public double? Mean => IsKnown ? _parts.Sum(part => part.Sum) / _parts.Sum(part => part.Count) : null;

    public IReadOnlyList<double?> Means => [.. _parts.Select(part => part.Count > 0 ? part.Sum / part.Count : (double?)null)];

    /// <summary>Of a measure that counts: all of it.</summary>
    public double Sum => _parts.Sum(part => part.Sum);

    /// <summary>Of a measure that counts: how much there was in each second, where it is known.</summary>
    public IReadOnlyList<double?> Rates => [.. _parts.Select((part, i) => part.Count > 0 && window.SecondsOf(i) > 1 ? part.Sum / window.SecondsOf(i) : (double?)null)];

    /// <summary>The same over the whole window.</summary>
    public double? Rate
    {
        get
        {
            var seconds = _parts.Select((part, i) => part.Count > 0 ? window.SecondsOf(i) : 0).Sum();
            return seconds > 0 ? Sum / seconds : null;
        }
    }

    public UsageSum this[int part] => _parts[part];

    public void Add(long at, UsageSum sum)
    {
        var part = window.PartOf(at);
        _parts[part] = _parts[part].Plus(sum);
        if (at >= _lastAt)
        {
            (_lastAt, _last) = (at, sum);
        }
    }
}
