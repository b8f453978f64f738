using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the Resources page shows of the stack, ready to be written down.</summary>
public sealed record ResourcesModel
{
    internal const string NotReady = nameof(NotReady);

    public required ResourcesQuery Query { get; init; }

    /// <summary>True before the AppHost has answered for the first time.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>True where the connection is lost: everything below is as of then.</summary>
    public bool IsStale { get; init; }

    /// <summary>Time of day of the last word from the AppHost; null without any.</summary>
    public string? AsOf { get; init; }

    /// <summary>Why the connection is lost.</summary>
    public string? Problem { get; init; }

    public AppHostModel? AppHost { get; init; }

    /// <summary>Whether to offer commands at all.</summary>
    public bool CanOperate { get; init; }

    /// <summary>Why no command can be given now; null: they can.</summary>
    public string? WhyNot { get; init; }

    /// <summary>What the AppHost declares.</summary>
    public required ResourceTableModel Table { get; init; }

    /// <summary>What the stack runs for itself.</summary>
    public required ResourceTableModel Own { get; init; }

    /// <summary>What there is to choose from.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Those that run and have something wrong with them.</summary>
    public IReadOnlyList<(string Name, string Text)> Troubles { get; init; } = [];

    public IReadOnlyList<RolloutModel> Rollouts { get; init; } = [];

    public IReadOnlyList<CommandNote> Commands { get; init; } = [];

    public StackGraph? Graph { get; init; }

    public DetailsModel? Details { get; init; }

    public AuditModel? Audit { get; init; }

    internal static ResourcesModel From(StackView view, ResourcesQuery query, Viewer viewer, DateTimeOffset now)
    {
        // While the connection is lost, nothing counts on: an uptime is what it was when it was heard last.
        var at = view.IsStale && view.AsOf is { } heard ? heard : now;
        List<ResourceStatus> all = [.. view.Resources];
        List<IReadOnlyList<ResourceRow>> rows = [.. all.Where(r => !r.Hidden).Select(r => ResourceRow.Of(r, viewer, at))];
        return new ResourcesModel
        {
            Query = query,
            IsWaiting = view.Status is null,
            IsStale = view.IsStale,
            AsOf = view.AsOf is { } time ? viewer.Clock(time) : null,
            Problem = view.Problem,
            AppHost = view.Status is { } status ? AppHostModel.From(status.Supervisor, at) : null,
            CanOperate = viewer.CanOperate,
            WhyNot = CommandRules.WhyNot(view, viewer),
            Table = ResourceTableModel.From(rows, query),
            Own = ResourceTableModel.From([.. all.Where(r => r.Hidden).Select(r => ResourceRow.Of(r, viewer, at))], query),
            Types = [.. rows.SelectMany(r => r).Select(r => r.Type).Distinct().Order(StringComparer.OrdinalIgnoreCase)],
            States = [.. rows.SelectMany(r => r).Where(r => !r.IsSum).Select(r => r.State).Append(NotReady).Distinct().Order(StringComparer.Ordinal)],
            Troubles = [.. all.Where(r => r.Trouble is not null).Select(r => (r.Name, r.Trouble!))],
            Rollouts = [.. all.Where(r => r.Rollout is not null).Select(RolloutModel.From)],
            Graph = query.IsGraph ? StackGraph.Of([.. all.Where(r => !r.Hidden)]) : null,
        };
    }
}

/// <summary>The AppHost itself.</summary>
public sealed record AppHostModel(int Pid, string Mode, DateTimeOffset StartedAt, string Uptime)
{
    internal static AppHostModel From(SupervisorStatus supervisor, DateTimeOffset at) =>
        new(supervisor.Pid, supervisor.Mode, supervisor.StartedAt, Format.Span(at - supervisor.StartedAt));
}

/// <summary>A change that goes from replica to replica: where each of them is.</summary>
public sealed record RolloutModel(string Resource, string What, bool IsFrozen, string? Replica, string? Reason, IReadOnlyList<RolloutStep> Steps)
{
    internal static RolloutModel From(ResourceStatus resource) => new(
        resource.Name, resource.Rollout!.What, resource.Rollout.State == "Frozen", resource.Rollout.Replica, resource.Rollout.Reason,
        [.. resource.Replicas.OrderBy(r => r.Name, NaturalOrder.Instance).Select(r => new RolloutStep(r.Name, Step(r), ToneOf(r), r.Name == resource.Rollout.Replica))]);

    private static string Step(ReplicaStatus replica) => replica switch
    {
        { State: "Waiting" or "Starting" } => "starting",
        { State: "Backoff" } => "failed, is tried again",
        { State: not "Running" } => replica.State.ToLowerInvariant(),
        { Traffic: "Draining" } => "draining",
        { Health: not "Ready" } => "not ready",
        { Traffic: "Out" } => "ready, gets no requests yet",
        _ => "ready",
    };

    private static string ToneOf(ReplicaStatus replica) => replica switch
    {
        { State: "Running", Health: "Ready", Traffic: "Draining" or "Out" } => Tone.Busy,
        { State: "Running" } => Tone.OfHealth(replica.Health),
        _ => Tone.Of(replica),
    };
}

/// <summary>One replica in a roll-out.</summary>
public sealed record RolloutStep(string Name, string Text, string Tone, bool IsPresent);

/// <summary>A command that was given a short time ago: that it runs, or what became of it.</summary>
public sealed record CommandNote(int Number, string Text, string? Message, string Tone, string When)
{
    internal static CommandNote From(GivenCommand command, Viewer viewer) => new(
        command.Number,
        command.Outcome switch
        {
            CommandOutcome.Running => $"'{command.Order.Text}' of {command.Order.Target} is under way.",
            CommandOutcome.Done => $"'{command.Order.Text}' of {command.Order.Target} is done.",
            CommandOutcome.Refused => $"'{command.Order.Text}' of {command.Order.Target} was refused; nothing was done.",
            CommandOutcome.Unknown => $"What became of '{command.Order.Text}' of {command.Order.Target} is not known.",
            _ => $"'{command.Order.Text}' of {command.Order.Target} failed.",
        },
        command.Message,
        command.Outcome switch { CommandOutcome.Running => Components.Tone.Busy, CommandOutcome.Done => Components.Tone.Good, CommandOutcome.Refused => Components.Tone.Warn, _ => Components.Tone.Bad },
        viewer.Clock(command.EndedAt ?? command.Time));
}
