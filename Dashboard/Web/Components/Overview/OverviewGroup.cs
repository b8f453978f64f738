using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>Replicas of one site: a block of the table, with a line for all of them together.</summary>
public sealed record OverviewGroup(string Name, IReadOnlyList<OverviewRow> Rows, OverviewRow Total, IReadOnlyList<Finding> Findings)
{
    private const double ManyErrors = 0.05;

    /// <summary>What to do when figures are missing; null: nothing is missing.</summary>
    public string? Hint { get; init; }

    /// <summary>Those that are there now.</summary>
    public int Present => Rows.Count(r => !r.IsGone);

    /// <summary>The largest value of each column, so that the lines below each other can be compared.</summary>
    public double LargestOf(Func<OverviewRow, FigureModel?> column) => Rows.SelectMany(r => column(r)?.Values ?? []).Max() ?? 0;

    internal static OverviewGroup From(
        (string Name, bool HasControl, IReadOnlyList<OverviewMember> Members) group, OverviewFigures figures, Viewer viewer, OverviewLinks links, DateTimeOffset at)
    {
        var members = group.Members;
        var odd = OddOneOut.Find([.. members.Select(MeasuresOf)]).ToLookup(o => o.Name);
        var all = Sum(figures, members, m => m.Figures?.Served);
        var rows = members.Select(m => OverviewRow.From(m, figures, all, [.. odd[m.Name]], viewer, links, at) with { IsGone = group.HasControl && m.Replica is null }).ToList();
        List<Finding> findings = [.. rows.SelectMany(r => r.Findings)];
        if (all is { Errors: >= 5 } && all.ErrorShare >= ManyErrors)
        {
            findings.Insert(0, new Finding(Tone.Bad, group.Name, $"{Write.Share(all.ErrorShare)} of all requests fail", links.Errors(group.Name)));
        }

        return new OverviewGroup(group.Name, rows, OverviewRow.Sum(members, figures, all, links, group.Name), findings) { Hint = HintOf(members) };
    }

    internal static RequestFigures? Sum(OverviewFigures figures, IEnumerable<OverviewMember> members, Func<OverviewMember, RequestFigures?> requests)
    {
        RequestFigures? sum = null;
        foreach (var part in members.Select(requests).OfType<RequestFigures>())
        {
            (sum ??= new RequestFigures(figures.Window)).Add(part);
        }

        return sum;
    }

    // The AppHost's word is the newest.
    private static InstanceMeasures MeasuresOf(OverviewMember member)
    {
        var measures = member.Figures is { } figures ? OddOneOut.MeasuresOf(figures) : new InstanceMeasures(member.Name);
        return measures with { Cpu = measures.Cpu ?? member.Replica?.Cpu, Memory = member.Replica?.Rss ?? measures.Memory };
    }

    private static string? HintOf(IReadOnlyList<OverviewMember> members)
    {
        // What has no address is asked by nobody.
        if (members.Any(m => m.Figures?.Served is not null) || members.All(m => m is { Replica: { Port: null, Url: null }, Figures: null or { Tried: null } }))
        {
            return null;
        }

        return members.Any(m => m.Figures?.Tried is not null)
            ? "The gateway sends requests here, but the site does not count them: let it call builder.AddServiceDefaults()."
            : "No requests in this time. Once the site is used, it counts them itself: it has to call builder.AddServiceDefaults().";
    }
}
