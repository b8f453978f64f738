using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>What one replica's process used in a window, and in which states it was.</summary>
internal sealed class UsageFigures(OverviewWindow window)
{
    private readonly UsageSum[][] _sums = Enumerable.Range(0, 6).Select(_ => new UsageSum[window.Parts]).ToArray();
    private readonly long[] _last = new long[6];
    private readonly UsageSum[] _lastSum = new UsageSum[6];
    private readonly int?[] _states = new int?[window.Parts];

    public bool HasStates { get; private set; }

    /// <summary>Mean share of one core over the window.</summary>
    public double? Cpu => Has(UsageKind.Cpu) ? Mean(UsageKind.Cpu) : Has(UsageKind.OwnCpu) ? OwnCpu() : null;

    /// <summary>Resident bytes at the end of the window.</summary>
    public double? Memory => Last(UsageKind.Memory) ?? Last(UsageKind.OwnMemory);

    public IReadOnlyList<double?> Cpus => Has(UsageKind.Cpu)
        ? Means(UsageKind.Cpu)
        : [.. Sums(UsageKind.OwnCpu).Select((sum, i) => sum.Count > 0 && window.SecondsOf(i) > 1 ? sum.Sum / window.SecondsOf(i) : (double?)null)];

    public IReadOnlyList<double?> Memories => Means(Has(UsageKind.Memory) ? UsageKind.Memory : UsageKind.OwnMemory);

    /// <summary>For each part of the window the state that matters most, by its name; null: it is not known.</summary>
    public IReadOnlyList<string?> States =>
        [.. _states.Select((state, i) => state is { } known ? RollupSeries.States[known] == "Running" && NotReady(i) ? "Not ready" : RollupSeries.States[known] : null)];

    public void Add(long at, int measure, UsageSum sum)
    {
        var part = window.PartOf(at);
        if (measure >= (int)UsageKind.State)
        {
            var state = Math.Clamp(measure - (int)UsageKind.State, 0, RollupSeries.States.Length - 1);
            _states[part] = Math.Max(_states[part] ?? 0, state);
            HasStates = true;
        }
        else if (measure is > 0 and < 6)
        {
            _sums[measure][part] = _sums[measure][part].Plus(sum);
            if (at >= _last[measure])
            {
                (_last[measure], _lastSum[measure]) = (at, sum);
            }
        }
    }

    private UsageSum[] Sums(UsageKind kind) => _sums[(int)kind];

    private bool Has(UsageKind kind) => _last[(int)kind] != 0;

    private double? Last(UsageKind kind) => Has(kind) ? _lastSum[(int)kind].Sum / _lastSum[(int)kind].Count : null;

    private double Mean(UsageKind kind) => Sums(kind).Sum(sum => sum.Sum) / Sums(kind).Sum(sum => sum.Count);

    private IReadOnlyList<double?> Means(UsageKind kind) => [.. Sums(kind).Select(sum => sum.Count > 0 ? sum.Sum / sum.Count : (double?)null)];

    private double? OwnCpu()
    {
        var (used, seconds) = (0.0, 0.0);
        for (var i = 0; i < window.Parts; i++)
        {
            if (Sums(UsageKind.OwnCpu)[i].Count > 0)
            {
                used += Sums(UsageKind.OwnCpu)[i].Sum;
                seconds += window.SecondsOf(i);
            }
        }

        return seconds > 0 ? used / seconds : null;
    }

    private bool NotReady(int part) => Sums(UsageKind.Ready)[part] is { Count: > 0 } ready && ready.Sum < ready.Count;
}
