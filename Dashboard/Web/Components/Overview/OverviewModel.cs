using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>What the Overview shows, ready to be written down.</summary>
public sealed record OverviewModel
{
    public required TimeRange Range { get; init; }

    /// <summary>The one thing to read: who needs a look and why, worst first; empty: nothing stands out.</summary>
    public required IReadOnlyList<Suspect> Suspects { get; init; }

    public required IReadOnlyList<GatewayModel> Gateways { get; init; }

    /// <summary>Instances that do the same work, side by side.</summary>
    public required IReadOnlyList<OverviewGroup> Groups { get; init; }

    /// <summary>False when the dashboard runs alone.</summary>
    public bool HasControl { get; init; }

    /// <summary>True before the AppHost has answered for the first time.</summary>
    public bool IsWaiting { get; init; }

    public bool IsStale { get; init; }

    public string? AsOf { get; init; }

    public string? Problem { get; init; }

    /// <summary>Whether anything is declared at all.</summary>
    public bool HasResources { get; init; }

    public bool IsEmpty => Groups.Count == 0 && Gateways.Count == 0 && Suspects.Count == 0;

    public int Replicas => Groups.Sum(g => g.Present);

    /// <summary>Whether each replica has others to be compared with.</summary>
    public bool AreComparable => Groups.All(g => g.Present > 1);

    public bool HasTraffic => Groups.Any(g => g.Total.Requests is not null) || Gateways.Any(g => g.Classes.Count > 0);

    internal static OverviewModel From(OverviewFigures figures, StackView view, Viewer viewer, TimeRange range, DateTimeOffset now)
    {
        var at = view.IsStale && view.AsOf is { } heard ? heard : now;
        var links = new OverviewLinks(range);
        List<OverviewGroup> groups = [.. OverviewGrouping.Of(figures, view).Select(members => OverviewGroup.From(members, figures, viewer, links, at))];
        return new OverviewModel
        {
            Range = range,
            Groups = groups,
            Suspects = Suspect.Among(groups.SelectMany(g => g.Findings).Concat(Troubles(view, groups, figures.Window, viewer, at))),
            Gateways = [.. figures.Gateways.OrderBy(g => g.Name, NaturalOrder.Instance).Select(g => GatewayModel.From(g, figures, links))],
            HasResources = view.Resources.Any(r => !r.Hidden),
            HasControl = view.Connection is not StackConnection.Alone,
            IsWaiting = view.Status is null && view.Connection is not StackConnection.Alone,
            IsStale = view.IsStale,
            AsOf = view.AsOf is { } time ? viewer.Clock(time) : null,
            Problem = view.Problem,
        };
    }

    // Also of what has no line here: a gateway, a database, a job that failed.
    private static IEnumerable<Finding> Troubles(StackView view, IEnumerable<OverviewGroup> groups, OverviewWindow window, Viewer viewer, DateTimeOffset at)
    {
        var shown = groups.SelectMany(g => g.Rows).Select(r => r.Name).ToHashSet();
        return view.Resources.Where(r => r.Trouble is not null).Select(r => new Finding(Tone.Bad, r.Name, r.Trouble!, "/resources"))
            .Concat(view.Resources.Where(r => !r.Hidden).SelectMany(r => r.Replicas).Where(r => !shown.Contains(r.Name))
                .SelectMany(r => LifeModel.From(r, null, window, viewer, at).Findings(r.Name, window)));
    }
}

/// <summary>Something that is wrong.</summary>
/// <param name="Tone">How bad it is.</param>
/// <param name="Name">With whom.</param>
/// <param name="Text">What, in words.</param>
/// <param name="Address">Where to look.</param>
public sealed record Finding(string Tone, string Name, string Text, string Address);

/// <summary>Somebody with whom something is wrong.</summary>
/// <param name="Tone">How bad the worst of it is.</param>
/// <param name="Name">A replica, or a resource.</param>
/// <param name="Findings">What it is, worst first.</param>
public sealed record Suspect(string Tone, string Name, IReadOnlyList<Finding> Findings)
{
    internal static IReadOnlyList<Suspect> Among(IEnumerable<Finding> findings) =>
    [
        .. findings.GroupBy(f => f.Name)
            .Select(g => new Suspect(g.Any(f => f.Tone == Components.Tone.Bad) ? Components.Tone.Bad : Components.Tone.Warn, g.Key, [.. g.OrderBy(f => f.Tone != Components.Tone.Bad)]))
            .OrderBy(s => s.Tone != Components.Tone.Bad).ThenByDescending(s => s.Findings.Count(f => f.Tone == Components.Tone.Bad)),
    ];
}

/// <summary>The gateway's own line.</summary>
public sealed record GatewayModel(string Name, FigureModel Requests, FigureModel Latency, FigureModel Errors, FigureModel Retries, IReadOnlyList<StatusShare> Classes)
{
    /// <summary>Of its clients; null when it does not tell.</summary>
    public FigureModel? Connections { get; private init; }

    private static readonly (int Class, string Text, string Tone)[] Known =
        [(1, "1xx", Tone.Idle), (2, "2xx", Tone.Good), (3, "3xx", Tone.Busy), (4, "4xx", Tone.Warn), (5, "5xx", Tone.Bad), (0, "no answer", Tone.Off)];

    internal static GatewayModel From(GatewayFigures gateway, OverviewFigures figures, OverviewLinks links)
    {
        var answered = gateway.Answered;
        var retries = figures.Instances.Sum(i => i.Tried?.AskedAnother ?? 0);
        return new GatewayModel(
            gateway.Name,
            FigureModel.Rate(answered, figures.Since, links.Traces(gateway.Name)),
            FigureModel.Latency(answered, links.Traces(gateway.Name)),
            FigureModel.Errors(answered, links.FailedTraces(gateway.Name)),
            new FigureModel(Write.Count(retries), retries >= 0.5 ? "asked another replica" : "none needed") { Address = links.Traces(gateway.Name), Tone = retries >= 0.5 ? Tone.Warn : null },
            [.. Known.Where(k => answered.Classes[k.Class] >= 0.5).Select(k => new StatusShare(k.Text, k.Tone, answered.Classes[k.Class], answered.Classes[k.Class] / answered.Count))])
        {
            Connections = ConnectionsOf(gateway.Connections, links.Connections(gateway.Name)),
        };
    }

    private static FigureModel? ConnectionsOf(ConnectionFigures? connections, string address)
    {
        if (connections?.Open is not { } open)
        {
            return null;
        }

        string?[] parts =
        [
            $"{Write.Count((connections.Writing ?? 0) + (connections.Reading ?? 0))} busy",
            connections.Waiting is { } waiting ? $"{Write.Count(waiting)} idle" : null,
            connections.Accepted is { } accepted ? $"{Write.Rate(accepted)} new" : null,
            connections.Refused >= 0.5 ? $"{Write.Count(connections.Refused)} refused" : null,
        ];
        return new FigureModel(Write.Count(open), string.Join(" · ", parts.OfType<string>()))
        {
            Address = address, Tone = connections.Refused >= 0.5 ? Tone.Bad : null,
            Hint = "Busy: a request is read or answered. Idle: kept open for the next one. Refused: nginx.conf's worker_connections allows no more.",
        };
    }
}

/// <summary>How many answers were of one status class.</summary>
public sealed record StatusShare(string Text, string Tone, double Count, double Share);

/// <summary>Members of one group before they are figures: a replica as the AppHost knows it, as telemetry knows it, or both.</summary>
internal sealed record OverviewMember(string Name, ReplicaStatus? Replica, InstanceFigures? Figures);

/// <summary>Puts instances that do the same work together.</summary>
internal static class OverviewGrouping
{
    public static IEnumerable<(string Name, bool HasControl, IReadOnlyList<OverviewMember> Members)> Of(OverviewFigures figures, StackView view)
    {
        var rest = figures.Instances.ToDictionary(i => i.Name);
        foreach (var resource in Compared(view, figures))
        {
            List<OverviewMember> members = [.. resource.Replicas.Where(r => !r.IsDone).Select(r => new OverviewMember(r.Name, r, rest.Remove(r.Name, out var known) ? known : null))];

            // Those that served in the window and are no more: a scale-down, or a resource that was renamed.
            foreach (var gone in rest.Values.Where(i => i.Service == resource.Name && i.Served is not null).ToList())
            {
                rest.Remove(gone.Name);
                members.Add(new OverviewMember(gone.Name, null, gone));
            }

            yield return (resource.Name, true, Sorted(members));
        }

        // What the AppHost runs beside the sites is on the Resources page; alone, everything that serves requests is shown.
        var names = view.Resources.SelectMany(r => r.Replicas).Select(r => r.Name).ToHashSet();
        foreach (var service in rest.Values.Where(i => i.Service is not null && !names.Contains(i.Name) && (i.Served is not null || i.Usage is not null)).GroupBy(i => i.Service!).OrderBy(g => g.Key, NaturalOrder.Instance))
        {
            yield return (service.Key, false, Sorted(service.Select(i => new OverviewMember(i.Name, null, i))));
        }
    }

    private static List<ResourceStatus> Compared(StackView view, OverviewFigures figures)
    {
        var served = figures.Instances.Where(i => i.Served is not null || i.Tried is not null).Select(i => i.Name).ToHashSet();
        var shown = view.Resources.Where(r => !r.Hidden && !IsOver(r) && figures.Gateways.All(g => r.Replicas.All(i => i.Name != g.Name))).ToList();
        var gateways = view.Resources.Select(r => r.Gateway).OfType<string>().ToHashSet();
        var sites = shown.Where(r => !gateways.Contains(r.Name) && (r.Type is "Project" or "ProjectResource" || r.Gateway is not null || r.Replicas.Any(i => served.Contains(i.Name)))).ToList();
        return sites.Count > 0 ? sites : shown;
    }

    /// <summary>A job that has ended, well or not: it answers nobody. The Resources page has it, and what failed is told above.</summary>
    private static bool IsOver(ResourceStatus resource) => resource.Replicas.Count > 0 && resource.Replicas.All(r => r is { State: "Exited", Port: null, Url: null });

    private static List<OverviewMember> Sorted(IEnumerable<OverviewMember> members) => [.. members.OrderBy(m => m.Name, NaturalOrder.Instance)];
}
