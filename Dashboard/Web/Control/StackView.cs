using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Control;

/// <summary>What the dashboard knows of the stack at one moment, and whether that is still true.</summary>
internal sealed record StackView
{
    /// <summary>The last known status; null before the first answer, and when the dashboard runs alone.</summary>
    public StackStatus? Status { get; init; }

    public required StackConnection Connection { get; init; }

    /// <summary>When the AppHost was heard last.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Why there is no connection, as a sentence; null with one.</summary>
    public string? Problem { get; init; }

    /// <summary>The resources that a user declared, then those the stack runs for itself.</summary>
    public IEnumerable<ResourceStatus> Resources => Status?.Resources.OrderBy(r => r.Hidden) ?? Enumerable.Empty<ResourceStatus>();

    /// <summary>True where what is shown may be out of date.</summary>
    public bool IsStale => Connection is StackConnection.Lost;

    /// <summary>The resource of that name, or the one that has a replica of that name.</summary>
    public ResourceStatus? Find(string name) =>
        Status?.Resources.FirstOrDefault(r => r.Name == name)
        ?? Status?.Resources.FirstOrDefault(r => r.Replicas.Any(i => i.Name == name));
}

/// <summary>How the dashboard stands with the AppHost.</summary>
internal enum StackConnection
{
    /// <summary>There is no AppHost: telemetry only.</summary>
    Alone,

    /// <summary>The first answer is still awaited.</summary>
    Connecting,

    /// <summary>The status is followed live.</summary>
    Connected,

    /// <summary>The connection was lost, or could not be made; it is tried again.</summary>
    Lost,
}
