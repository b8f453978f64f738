using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>What is to run, fixed before anything starts: the replicas of each resource, their names and their ports.</summary>
internal sealed record StackPlan(IReadOnlyList<ResourcePlan> Resources)
{
    /// <summary>Every port that a process of ours will listen on.</summary>
    public IEnumerable<PlannedPort> Ports => Resources.SelectMany(r => r.Ports);

    /// <summary>What runs, but perhaps not as its author means it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>One resource and its replicas.</summary>
internal sealed record ResourcePlan(IResource Resource, string Type, IReadOnlyList<ReplicaIdentity> Replicas, IReadOnlyList<PlannedPort> Ports)
{
    public string Name => Resource.Name;

    /// <summary>The ports of the replicas by endpoint name; of a resource without replicas the one that its first would have.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<int>> EndpointPorts { get; init; }

    /// <summary>True when the plan was made with one replica and without sequential ports: that one is called like its resource.</summary>
    public bool FirstIsNamedLikeResource { get; } = Replicas.Count > 0 && Replicas[0].Name == Resource.Name;
}

/// <summary>One port, and who listens on it.</summary>
internal sealed record PlannedPort(string Resource, string Replica, string Endpoint, int Port)
{
    public ProtocolType Protocol { get; init; } = ProtocolType.Tcp;
}
