using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>Everything about one resource or replica: what the pane beside the table shows.</summary>
public sealed record DetailsModel
{
    public required string Name { get; init; }

    /// <summary>Null: nothing of that name is there.</summary>
    public ResourceRow? Row { get; init; }

    /// <summary>The other lines of its resource: its replicas, or the resource that it is one of.</summary>
    public IReadOnlyList<ResourceRow> Relatives { get; init; } = [];

    public IReadOnlyList<(string Label, string Value)> Facts { get; init; } = [];

    public IReadOnlyList<(string Url, string Text, bool IsInactive)> Urls { get; init; } = [];

    public IReadOnlyList<(string Name, string Tone, string Status, string? Text)> Reports { get; init; } = [];

    public IReadOnlyList<(string Text, string Resource)> Relationships { get; init; } = [];

    public IReadOnlyList<CommandLink> Commands { get; init; } = [];

    public IReadOnlyList<MoveModel> Moves { get; init; } = [];

    public IReadOnlyList<string> LastWords { get; init; } = [];

    /// <summary>Those that the AppHost sets.</summary>
    public IReadOnlyList<VariableModel> Variables { get; init; } = [];

    public IReadOnlyList<VariableModel> Inherited { get; init; } = [];

    /// <summary>False where the AppHost has not told more than the status: only that is shown.</summary>
    public bool IsWhole { get; init; }

    internal static DetailsModel From(string name, StackView view, ResourceDetails? details, ResourcesQuery query, Viewer viewer, DateTimeOffset at)
    {
        var rows = view.Find(name) is { } resource ? ResourceRow.Of(resource, viewer, at) : [];
        if (rows.FirstOrDefault(r => r.Name == name) is not { } row)
        {
            return new DetailsModel { Name = name };
        }

        var replicas = details?.Replicas ?? [];
        var single = replicas is [var only] ? only : null;
        return new DetailsModel
        {
            Name = name,
            Row = row,
            IsWhole = details is not null,
            Relatives = [.. rows.Where(r => r != row && (row.IsSum || r.IsSum))],
            Facts = [.. FactsOf(row, single)],
            Urls = UrlsOf(row, replicas),
            Reports = [.. ReportsOf(replicas)],
            Relationships = [.. (details?.Relationships ?? view.Find(name)!.Relationships).Select(r => (TextOf(r), r.Resource))],
            Commands = [.. CommandLink.Of(row, details?.Commands ?? [], query)],
            Moves = MovesOf(replicas, viewer),
            LastWords = single?.LastWords ?? [],
            Variables = [.. VariablesOf(single, fromModel: true)],
            Inherited = [.. VariablesOf(single, fromModel: false)],
        };
    }

    private static IEnumerable<(string, string)> FactsOf(ResourceRow row, ReplicaDetails? replica)
    {
        (string Label, string? Value)[] facts =
        [
            ("Type", row.Type), ("Source", row.Source), ("Release", row.Release), ("Port", row.Port?.ToString()), ("PID", row.Pid?.ToString()),
            ("Launches", row.Generation > 0 ? $"{row.Generation}" : null), ("Restarts", $"{row.Restarts}"), ("Failures in a row", row.Failures > 0 ? $"{row.Failures}" : null), ("CPU", row.CpuText),
            ("Memory", row.MemoryText), ("PSS", row.DividedMemoryText), ("Descriptors", row.Descriptors?.ToString()), ("Last exit", row.LastExit), ("Last process", row.Ran), ("Adopted", row.Adopted ? "launched by an earlier AppHost" : null),
        ];
        return facts.Where(f => f.Value is not null).Select(f => (f.Label, f.Value!))
            .Concat((replica?.Properties ?? []).Where(p => p.Name != "resource.source").Select(p => (p.Name, p.Value)));
    }

    private static List<(string Url, string Text, bool IsInactive)> UrlsOf(ResourceRow row, IReadOnlyList<ReplicaDetails> replicas)
    {
        var known = replicas.SelectMany(r => r.Urls).Where(u => ResourceRow.IsWebAddress(u.Url)).DistinctBy(u => u.Url).Select(u => (u.Url, u.Text ?? u.Url, u.IsInactive)).ToList();
        return known.Count > 0 || row.Url is null ? known : [(row.Url, row.Url, false)];
    }

    // Of several replicas only what is wrong: all that is well would hide it.
    private static IEnumerable<(string, string, string, string?)> ReportsOf(IReadOnlyList<ReplicaDetails> replicas) =>
        from replica in replicas
        from report in replica.HealthReports
        where replicas.Count == 1 || report.Status != "Healthy"
        select (replicas.Count > 1 ? $"{replica.Name}: {report.Name}" : report.Name, ToneOf(report.Status), report.Status ?? "Not yet", report.Text);

    private static List<MoveModel> MovesOf(IReadOnlyList<ReplicaDetails> replicas, Viewer viewer) =>
    [
        .. replicas.SelectMany(r => r.Moves.Select((m, index) => MoveModel.From(m, r.Moves.ElementAtOrDefault(index + 1), replicas.Count > 1 ? r.Name : null, viewer)))
            .OrderByDescending(m => m.Time).Take(100),
    ];

    private static IEnumerable<VariableModel> VariablesOf(ReplicaDetails? replica, bool fromModel) =>
        (replica?.Environment ?? []).Where(v => v.IsFromModel == fromModel).Select(v => new VariableModel(v.Name, v.Value ?? "", v.IsMasked));

    private static string ToneOf(string? status) => status switch { "Healthy" => Tone.Good, "Degraded" => Tone.Warn, "Unhealthy" => Tone.Bad, _ => Tone.Idle };

    private static string TextOf(ResourceRelationship relationship) => (relationship.Type, relationship.IsIncoming) switch
    {
        ("Reference", false) => "refers to",
        ("Reference", true) => "is referred to by",
        ("WaitFor", false) => "waits for",
        ("WaitFor", true) => "is waited for by",
        ("Parent", false) => "is part of",
        ("Parent", true) => "has the part",
        (var type, false) => $"{type}:",
        (var type, true) => $"{type} of",
    };
}

/// <summary>An environment variable.</summary>
public sealed record VariableModel(string Name, string Value, bool IsMasked);

/// <summary>A command that can be given, or the reason why it can't.</summary>
public sealed record CommandLink(string Name, string Text, string? Description, string Address, bool IsEnabled)
{
    /// <summary>The commands of a line; without the AppHost's own word, those that everything has.</summary>
    internal static IEnumerable<CommandLink> Of(ResourceRow row, IReadOnlyList<CommandDetails> known, ResourcesQuery query)
    {
        var commands = known.Count > 0 ? known : Usual(row);
        foreach (var command in commands.Where(c => c.State != "Hidden"))
        {
            yield return new CommandLink(command.Name, command.DisplayName, command.Description, query.Command(command.Name, row.Name), command.State == "Enabled");
        }

        // What can be rolled has a number of replicas.
        if (row.IsSum || (row.Name == row.Resource && commands.Any(c => c.Name == "roll")))
        {
            yield return new CommandLink(StackOrder.Scale, "Scale", "Changes how many replicas there are.", query.Command(StackOrder.Scale, row.Name), true);
        }

        if (row.Release is not null && row.Name == row.Resource)
        {
            yield return new CommandLink(StackOrder.Rollback, "Roll back", "Goes over to another release.", query.Command(StackOrder.Rollback, row.Name), true);
        }
    }

    /// <summary>What the line of the table offers: few, by icon.</summary>
    internal static IEnumerable<CommandLink> Quick(ResourceRow row, ResourcesQuery query)
    {
        if (row.IsSum)
        {
            yield return Link("roll", $"Roll {row.Name}: restart its replicas one after another");
            yield return Link(StackOrder.Scale, $"Scale {row.Name} to {row.Wanted + 1}", row.Wanted + 1, "plus");
            yield return Link(StackOrder.Scale, $"Scale {row.Name} to {Math.Max(0, row.Wanted - 1)}", Math.Max(0, row.Wanted - 1), "minus");
        }
        else if (row.IsUp)
        {
            yield return Link("restart", $"Restart {row.Name}");
            yield return Link("stop", $"Stop {row.Name}");
        }
        else
        {
            yield return Link("start", $"Start {row.Name}");
        }

        CommandLink Link(string command, string text, int? replicas = null, string? icon = null) => new(icon ?? command, text, null, query.Command(command, row.Name, replicas), true);
    }

    private static CommandDetails[] Usual(ResourceRow row) => row.IsUp
        ? [new() { Name = "restart", DisplayName = "Restart", State = "Enabled" }, new() { Name = "stop", DisplayName = "Stop", State = "Enabled" }]
        : [new() { Name = "start", DisplayName = "Start", State = "Enabled" }];
}

/// <summary>A move in the life of a replica.</summary>
public sealed record MoveModel(DateTimeOffset Time, string Clock, string Full, string? Replica, string Text, string Tone, string? Reason)
{
    internal static MoveModel From(ReplicaMove move, ReplicaMove? before, string? replica, Viewer viewer)
    {
        List<string> what = [];
        if (before is null || before.State != move.State || before.Generation != move.Generation)
        {
            what.Add(move.State);
        }

        if (move.Health != "Unknown" && before?.Health != move.Health)
        {
            what.Add(Components.Tone.HealthText(move.Health));
        }

        if (move.Traffic != "None" && before?.Traffic != move.Traffic)
        {
            what.Add(move.Traffic switch { "In" => "gets requests", "Draining" => "gets no new requests", _ => "gets no requests" });
        }

        var tone = move.State == "Running" && move.Health is "NotReady" or "Dead" ? Components.Tone.OfHealth(move.Health) : Components.Tone.OfState(move.State);
        return new MoveModel(move.Time, viewer.PreciseClock(move.Time), viewer.Full(move.Time), replica, what.Count > 0 ? string.Join(", ", what) : move.State, tone, move.Reason);
    }
}
