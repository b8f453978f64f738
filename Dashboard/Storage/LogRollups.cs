using System.Runtime.InteropServices;

namespace Stack.Dashboard.Storage;

/// <summary>Log rows counted by minute and by template: what pages read instead of the rows themselves.</summary>
internal sealed class LogRollups
{
    public const long MinuteTicks = TimeSpan.TicksPerMinute;
    public const long HourTicks = TimeSpan.TicksPerHour;

    /// <summary>Rows whose sender's clock is further off than this count where they arrived: a wrong clock must not make a row of its own for each record.</summary>
    public const long MaxSkewTicks = 30 * TimeSpan.TicksPerDay;

    private readonly Dictionary<MinuteKey, long> _minutes = [];
    private readonly Dictionary<TemplateKey, TemplateCount> _templates = [];

    public IReadOnlyDictionary<MinuteKey, long> Minutes => _minutes;

    public IReadOnlyDictionary<TemplateKey, TemplateCount> Templates => _templates;

    public bool IsEmpty => _minutes.Count == 0;

    /// <summary>Counts one row; times are ticks since 1970, template 0 stands for none.</summary>
    public void Count(long id, long ts, long resource, int severity, long template)
    {
        var time = Math.Abs(id - ts) > MaxSkewTicks ? id : ts;
        Add(new MinuteKey(time / MinuteTicks, resource, severity), 1);
        Add(new TemplateKey(time / HourTicks, template, resource, severity), new TemplateCount(1, time, time));
    }

    public void Add(MinuteKey key, long count) => CollectionsMarshal.GetValueRefOrAddDefault(_minutes, key, out _) += count;

    public void Add(TemplateKey key, TemplateCount count)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_templates, key, out var isKnown);
        sum = isKnown ? sum.Plus(count) : count;
    }

    public void Add(LogRollups other)
    {
        foreach (var (key, count) in other._minutes)
        {
            Add(key, count);
        }

        foreach (var (key, count) in other._templates)
        {
            Add(key, count);
        }
    }

    public void Clear()
    {
        _minutes.Clear();
        _templates.Clear();
    }
}

/// <summary>A row of <c>roll</c>; the minute is of the sender's time.</summary>
internal readonly record struct MinuteKey(long Minute, long Resource, int Severity);

/// <summary>A row of <c>template_roll</c>.</summary>
internal readonly record struct TemplateKey(long Hour, long Template, long Resource, int Severity);

/// <summary>How many, and the ticks of the first and the last one.</summary>
internal readonly record struct TemplateCount(long Count, long First, long Last)
{
    public TemplateCount Plus(TemplateCount other) => new(Count + other.Count, Math.Min(First, other.First), Math.Max(Last, other.Last));
}
