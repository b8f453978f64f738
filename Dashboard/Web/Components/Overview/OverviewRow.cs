using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Charts;

namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>One replica, or all of them: a line of the table.</summary>
public sealed record OverviewRow
{
    public required string Name { get; init; }

    /// <summary>What it said itself: requests per second, null when it said nothing.</summary>
    public FigureModel? Requests { get; init; }

    /// <summary>Its part of the group's requests, 0 to 1.</summary>
    public double? Share { get; init; }

    public FigureModel Latency { get; init; } = FigureModel.None;

    public FigureModel Errors { get; init; } = FigureModel.None;

    /// <summary>What the gateway sent to it.</summary>
    public FigureModel? Sent { get; init; }

    /// <summary>Tries of the gateway that failed here.</summary>
    public FigureModel? Tries { get; init; }

    public FigureModel Cpu { get; init; } = FigureModel.None;

    public FigureModel Memory { get; init; } = FigureModel.None;

    public LifeModel? Life { get; init; }

    /// <summary>True for one that served in this time and is no more.</summary>
    public bool IsGone { get; init; }

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The tone of the worst of its findings.</summary>
    public string? Worst => Findings.FirstOrDefault(f => f.Tone == Tone.Bad)?.Tone ?? (Findings.Count > 0 ? Tone.Warn : null);

    internal static OverviewRow From(
        OverviewMember member, OverviewFigures figures, RequestFigures? all, IReadOnlyList<Oddity> odd, Viewer viewer, OverviewLinks links, DateTimeOffset at)
    {
        var (name, known) = (member.Name, member.Figures);
        var isMeasured = member.Replica is not null;
        var mismatch = CountCheck.Compare(known?.Served, known?.Tried, figures.Since);
        var life = member.Replica is { } replica ? LifeModel.From(replica, known?.Usage, figures.Window, viewer, at) : null;
        List<Finding> findings = [.. life?.Findings(name, figures.Window) ?? [], .. odd.Select(o => Finding(o, links, isMeasured))];
        if (mismatch is not null)
        {
            findings.Add(new Finding(Tone.Warn, name, mismatch, links.Traces(name)));
        }

        return new OverviewRow
        {
            Name = name,
            Requests = known?.Served is { } served ? FigureModel.Rate(served, figures.Since, links.Requests(name)) : null,
            Share = all is { Count: > 0 } && known?.Served is { } part ? part.Count / all.Count : null,
            Latency = Marked(FigureModel.Latency(known?.Served, links.Traces(name)), odd, OddMeasure.P95),
            Errors = Marked(FigureModel.Errors(known?.Served, links.Errors(name)), odd, OddMeasure.Errors),
            Sent = SentOf(known?.Tried, figures, links.Traces(name), mismatch),
            Tries = TriesOf(known?.Tried, links.Traces(name)),
            Cpu = Marked(CpuOf(known?.Usage?.Cpu ?? member.Replica?.Cpu, known?.Usage?.Cpus, links.Cpu(name, isMeasured)), odd, OddMeasure.Cpu),
            Memory = Marked(MemoryOf(member.Replica?.Rss ?? known?.Usage?.Memory, member.Replica?.Pss, known?.Usage?.Memories, links.Memory(name, isMeasured)), odd, OddMeasure.Memory),
            Life = life,
            Findings = findings,
        };
    }

    internal static OverviewRow Sum(IReadOnlyList<OverviewMember> members, OverviewFigures figures, RequestFigures? all, OverviewLinks links, string service)
    {
        var tried = OverviewGroup.Sum(figures, members, m => m.Figures?.Tried);
        var cpus = members.Select(m => m.Figures?.Usage?.Cpu ?? m.Replica?.Cpu).OfType<double>().ToList();
        var memories = members.Select(m => m.Replica?.Rss ?? m.Figures?.Usage?.Memory).OfType<double>().ToList();
        var divided = members.Select(m => m.Replica?.Pss).OfType<long>().ToList();
        return new OverviewRow
        {
            Name = service,
            Requests = all is null ? null : FigureModel.Rate(all, figures.Since, links.Traces(service)),
            Latency = FigureModel.Latency(all, links.Traces(service)),
            Errors = FigureModel.Errors(all, links.Errors(service)),
            Sent = SentOf(tried, figures, links.Traces(service), null),
            Tries = TriesOf(tried, links.Traces(service)),
            Cpu = CpuOf(cpus.Count > 0 ? cpus.Sum() : null, Added(members, u => u.Cpus), links.Cpu(service, byAppHost: false)),
            Memory = MemoryOf(memories.Count > 0 ? memories.Sum() : null, divided.Count > 0 && divided.Count == memories.Count ? divided.Sum() : null, Added(members, u => u.Memories), links.Memory(service, byAppHost: false)),
        };
    }

    private static FigureModel? SentOf(RequestFigures? tried, OverviewFigures figures, string address, string? mismatch) => tried is null
        ? null
        : FigureModel.Rate(tried, figures.Since, address) with
        {
            More = tried.Percentile(0.95) is { } p95 ? $"p95 {Measure.Text(p95, "s")}" : null, Label = "Requests per second that the gateway sent here",
            Badge = mismatch is null ? null : "counts differ", Tone = mismatch is null ? null : Tone.Warn,
        };

    private static FigureModel? TriesOf(RequestFigures? tried, string address) => tried is null
        ? null
        : new FigureModel(Write.Count(tried.Errors), tried.AskedAnother >= 0.5 ? $"{Write.Count(tried.AskedAnother)} answered elsewhere" : null)
        {
            Address = address, Tone = tried.AskedAnother >= 0.5 || (tried.Errors >= 5 && tried.ErrorShare >= 0.01) ? Tone.Warn : null,
        };

    private static FigureModel CpuOf(double? cores, IReadOnlyList<double?>? values, string address) => cores is not { } share
        ? FigureModel.None
        : new FigureModel(Write.Share(share)) { Address = address, Values = values ?? [], Label = "Share of one core" };

    private static FigureModel MemoryOf(double? bytes, long? divided, IReadOnlyList<double?>? values, string address) => bytes is not { } resident
        ? FigureModel.None
        : new FigureModel(Format.Bytes((long)resident), divided is { } pss ? $"PSS {Format.Bytes(pss)}" : null)
        {
            Address = address, Values = values ?? [], Label = "Resident memory", Hint = "What it really costs now: pages that several processes share are divided among them.",
        };

    private static double?[]? Added(IReadOnlyList<OverviewMember> members, Func<UsageFigures, IReadOnlyList<double?>> valuesOf)
    {
        var all = members.Select(m => m.Figures?.Usage).OfType<UsageFigures>().Select(valuesOf).ToList();
        return all.Count == 0 ? null : [.. Enumerable.Range(0, all[0].Count).Select(i => all.Any(v => v[i] is not null) ? all.Sum(v => v[i] ?? 0) : (double?)null)];
    }

    private static FigureModel Marked(FigureModel figure, IReadOnlyList<Oddity> odd, OddMeasure measure) =>
        odd.FirstOrDefault(o => o.Measure == measure) is { } found ? figure with { Badge = Compared(found), Tone = Tone.Bad } : figure;

    private static string Compared(Oddity odd) => odd.Others > 0 ? $"{Write.Times(odd.Value / odd.Others)} the others" : "others: none";

    private static Finding Finding(Oddity odd, OverviewLinks links, bool isMeasured) => odd.Measure switch
    {
        OddMeasure.P95 => new Finding(Tone.Bad, odd.Name, $"p95 {Measure.Text(odd.Value, "s")}, {Compared(odd)}", links.Traces(odd.Name)),
        OddMeasure.Errors => new Finding(Tone.Bad, odd.Name, $"{Write.Share(odd.Value)} of its requests fail, {(odd.Others > 0 ? Compared(odd) : "of the others none")}", links.Errors(odd.Name)),
        OddMeasure.Cpu => new Finding(Tone.Warn, odd.Name, $"CPU {Write.Share(odd.Value)}, {Compared(odd)}", links.Cpu(odd.Name, isMeasured)),
        _ => new Finding(Tone.Warn, odd.Name, $"memory {Format.Bytes((long)odd.Value)}, {Compared(odd)}", links.Memory(odd.Name, isMeasured)),
    };
}
