namespace Stack.Dashboard.Queries;

/// <summary>Says which instance does not behave like the others: twice their median and over a floor, so that noise is not marked.</summary>
internal static class OddOneOut
{
    private const double Factor = 2;
    private const double SlowSeconds = 0.05;
    private const double ErrorShare = 0.01;
    private const double ErrorCount = 5;
    private const double Cpu = 0.2;
    private const double MoreBytes = 100 << 20;

    /// <summary>Fewer requests than these say little about percentiles and shares.</summary>
    private const double EnoughRequests = 100;

    /// <summary>Of two that differ nobody can tell which is the odd one.</summary>
    private const int EnoughOthers = 2;

    /// <summary>What is compared of an instance; counts that were spread over time add up to whole ones but for a trifle.</summary>
    public static InstanceMeasures MeasuresOf(InstanceFigures instance) => new(
        instance.Name, Math.Round(instance.Served?.Count ?? 0), Math.Round(instance.Served?.Errors ?? 0), instance.Served?.Percentile(0.95), instance.Usage?.Cpu, instance.Usage?.Memory);

    /// <param name="instances">Those of one resource: other programs are no measure.</param>
    public static IReadOnlyList<Oddity> Find(IReadOnlyList<InstanceMeasures> instances) =>
    [
        .. instances.SelectMany(instance => new[]
        {
            Compare(instance, instances, OddMeasure.P95, i => i.Requests >= EnoughRequests ? i.P95 : null, (value, _) => value > SlowSeconds),
            Compare(instance, instances, OddMeasure.Errors, i => i.Requests >= EnoughRequests ? i.Errors / i.Requests : null, (value, _) => value >= ErrorShare && instance.Errors >= ErrorCount),
            Compare(instance, instances, OddMeasure.Cpu, i => i.Cpu, (value, _) => value > Cpu),
            Compare(instance, instances, OddMeasure.Memory, i => i.Memory, (value, median) => value >= median + MoreBytes),
        }).OfType<Oddity>(),
    ];

    private static Oddity? Compare(
        InstanceMeasures instance, IReadOnlyList<InstanceMeasures> all, OddMeasure measure, Func<InstanceMeasures, double?> valueOf, Func<double, double, bool> isOverFloor)
    {
        var others = all.Where(other => other != instance).Select(valueOf).OfType<double>().Order().ToList();
        if (others.Count < EnoughOthers || valueOf(instance) is not { } value)
        {
            return null;
        }

        var median = (others[(others.Count - 1) / 2] + others[others.Count / 2]) / 2;
        return value > Factor * median && isOverFloor(value, median) ? new Oddity(instance.Name, measure, value, median) : null;
    }
}

/// <summary>What instances are compared by; null = not known.</summary>
internal sealed record InstanceMeasures(string Name, double Requests = 0, double Errors = 0, double? P95 = null, double? Cpu = null, double? Memory = null);

internal enum OddMeasure
{
    P95,
    Errors,
    Cpu,
    Memory,
}

/// <summary>An instance that is not like the others.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Measure">In what.</param>
/// <param name="Value">Its own: seconds, share, share of a core, bytes.</param>
/// <param name="Others">The median of the others.</param>
internal sealed record Oddity(string Name, OddMeasure Measure, double Value, double Others);
