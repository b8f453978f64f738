using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the Resources page shows of the stack, ready to be written down.</summary>
public sealed record ResourcesModel
{
    /// <summary>True before the AppHost has answered for the first time.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>True where the connection is lost: everything below is as of then.</summary>
    public bool IsStale { get; init; }

    /// <summary>Time of day of the last word from the AppHost; null without any.</summary>
    public string? AsOf { get; init; }

    /// <summary>Why the connection is lost.</summary>
    public string? Problem { get; init; }

    public AppHostModel? AppHost { get; init; }

    /// <summary>Where the site answers: the resources in front of the others.</summary>
    public IReadOnlyList<ResourceModel> Gateways { get; init; } = [];

    /// <summary>What the AppHost declares.</summary>
    public IReadOnlyList<ResourceModel> Resources { get; init; } = [];

    /// <summary>Those that run and have something wrong with them.</summary>
    public IReadOnlyList<ResourceModel> Troubled => [.. Resources.Concat(Own).Where(r => r.Trouble is not null)];

    /// <summary>What the stack runs for itself.</summary>
    public IReadOnlyList<ResourceModel> Own { get; init; } = [];

    internal static ResourcesModel From(StackView view, Viewer viewer, DateTimeOffset now)
    {
        // While the connection is lost, nothing counts on: an uptime is what it was when it was heard last.
        var at = view.IsStale && view.AsOf is { } heard ? heard : now;
        var all = view.Resources.Select(r => (r.Hidden, Model: ResourceModel.From(r, viewer, at))).ToList();
        List<ResourceModel> shown = [.. all.Where(r => !r.Hidden).Select(r => r.Model)];
        return new ResourcesModel
        {
            IsWaiting = view.Status is null,
            IsStale = view.IsStale,
            AsOf = view.AsOf is { } time ? viewer.Clock(time) : null,
            Problem = view.Problem,
            AppHost = view.Status is { } status ? AppHostModel.From(status.Supervisor, at) : null,
            Gateways = GatewaysAmong(shown),
            Resources = shown,
            Own = [.. all.Where(r => r.Hidden).Select(r => r.Model)],
        };
    }

    /// <summary>The status does not say which resource is the gateway: one that is called so; else whatever has an address and is no site.</summary>
    private static List<ResourceModel> GatewaysAmong(List<ResourceModel> resources)
    {
        List<ResourceModel> named = [.. resources.Where(r => r.IsGateway && r.Urls.Count > 0)];
        return named.Count > 0 ? named : [.. resources.Where(r => r is { Type: not "Project", HasHeading: false, Urls.Count: > 0 }).Take(1)];
    }
}

/// <summary>The AppHost itself.</summary>
public sealed record AppHostModel(int Pid, string Mode, DateTimeOffset StartedAt, string Uptime)
{
    internal static AppHostModel From(SupervisorStatus supervisor, DateTimeOffset at) =>
        new(supervisor.Pid, supervisor.Mode, supervisor.StartedAt, Format.Span(at - supervisor.StartedAt));
}

/// <summary>One resource.</summary>
public sealed record ResourceModel
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string State { get; init; }

    public required string Tone { get; init; }

    public required int Ready { get; init; }

    public required int Wanted { get; init; }

    public required IReadOnlyList<string> Urls { get; init; }

    public required IReadOnlyList<ReplicaModel> Replicas { get; init; }

    public bool IsGateway { get; init; }

    /// <summary>What is wrong with it although it runs; null: nothing is.</summary>
    public string? Trouble { get; init; }

    private static readonly string[] NamesOfGateways = ["nginx", "gateway", "proxy"];

    /// <summary>A resource of one process is one line; its only replica needs no heading.</summary>
    public bool HasHeading => Replicas.Count != 1 || Wanted > 1;

    internal static ResourceModel From(ResourceStatus resource, Viewer viewer, DateTimeOffset at) => new()
    {
        Name = resource.Name,
        Type = resource.Type.EndsWith("Resource", StringComparison.Ordinal) ? resource.Type[..^"Resource".Length] : resource.Type,
        State = resource.State,
        Tone = Components.Tone.OfState(resource.State),
        Ready = resource.Ready,
        Wanted = resource.Wanted,
        Urls = [.. resource.Urls.Where(IsWebAddress)],
        Replicas = [.. resource.Replicas.Select(r => ReplicaModel.From(r, viewer, at))],
        Trouble = resource.Trouble,
        IsGateway = NamesOfGateways.Any(name =>
            resource.Name.Contains(name, StringComparison.OrdinalIgnoreCase) || resource.Type.Contains(name, StringComparison.OrdinalIgnoreCase)),
    };

    /// <summary>A link that a browser would run (<c>javascript:</c>) is none.</summary>
    internal static bool IsWebAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}

/// <summary>One replica: a line of the table.</summary>
public sealed record ReplicaModel
{
    public required string Name { get; init; }

    public required string State { get; init; }

    public required string StateTone { get; init; }

    public required string Health { get; init; }

    public required string HealthTone { get; init; }

    public int? Port { get; init; }

    public int? Pid { get; init; }

    public required int Restarts { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public string? StartedAtText { get; init; }

    public string? Uptime { get; init; }

    public string? Url { get; init; }

    public string? Memory { get; init; }

    public string? LastExit { get; init; }

    public string? Reason { get; init; }

    public int Failures { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public string? NextAttempt { get; init; }

    internal static ReplicaModel From(ReplicaStatus replica, Viewer viewer, DateTimeOffset at) => new()
    {
        Name = replica.Name,
        State = replica.State,
        StateTone = Tone.OfState(replica.State),
        Health = Tone.HealthText(replica.Health),
        HealthTone = Tone.OfHealth(replica.Health),
        Port = replica.Port,
        Pid = replica.Pid,
        Restarts = replica.Restarts,
        StartedAt = replica.StartedAt,
        StartedAtText = replica.StartedAt is { } started ? $"Started {viewer.Full(started)}" : null,
        Uptime = replica.StartedAt is { } since ? Format.Span(at - since) : null,
        Url = replica.Url is { } url && ResourceModel.IsWebAddress(url) ? url : null,
        Memory = replica.Rss is { } bytes ? Format.Bytes(bytes) : null,
        LastExit = replica.LastExit,
        Reason = replica.Reason,
        Failures = replica.Failures,
        NextAttemptAt = replica.NextAttemptAt,
        NextAttempt = replica.NextAttemptAt is { } next ? Format.Span(next - at) : null,
    };
}
