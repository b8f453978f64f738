using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>What one replica's process used in a window, and in which states it was.</summary>
internal sealed class UsageFigures(OverviewWindow window)
{
    private readonly MeasureFigures _cpu = new(window);
    private readonly MeasureFigures _memory = new(window);
    private readonly MeasureFigures _ownCpu = new(window);
    private readonly MeasureFigures _ownMemory = new(window);
    private readonly MeasureFigures _ready = new(window);
    private readonly int?[] _states = new int?[window.Parts];

    public bool HasStates { get; private set; }

    /// <summary>Mean share of one core over the window.</summary>
    public double? Cpu => _cpu.Mean ?? _ownCpu.Rate;

    /// <summary>Resident bytes at the end of the window.</summary>
    public double? Memory => _memory.Last ?? _ownMemory.Last;

    public IReadOnlyList<double?> Cpus => _cpu.IsKnown ? _cpu.Means : _ownCpu.Rates;

    public IReadOnlyList<double?> Memories => _memory.IsKnown ? _memory.Means : _ownMemory.Means;

    /// <summary>For each part of the window the state that matters most, by its name; null: it is not known.</summary>
    public IReadOnlyList<string?> States =>
        [.. _states.Select((state, i) => state is { } known ? RollupSeries.States[known] == "Running" && NotReady(i) ? "Not ready" : RollupSeries.States[known] : null)];

    public void Add(long at, int measure, UsageSum sum)
    {
        if (measure >= (int)UsageKind.State)
        {
            var part = window.PartOf(at);
            var state = Math.Clamp(measure - (int)UsageKind.State, 0, RollupSeries.States.Length - 1);
            _states[part] = Math.Max(_states[part] ?? 0, state);
            HasStates = true;
            return;
        }

        var figures = (UsageKind)measure switch
        {
            UsageKind.Cpu => _cpu,
            UsageKind.Memory => _memory,
            UsageKind.OwnCpu => _ownCpu,
            UsageKind.OwnMemory => _ownMemory,
            UsageKind.Ready => _ready,
            _ => null,
        };
        figures?.Add(at, sum);
    }

    private bool NotReady(int part) => _ready[part] is { Count: > 0 } ready && ready.Sum < ready.Count;
}
