using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>One container to be made, with every value evaluated.</summary>
internal sealed record ContainerSpec
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    public string? Entrypoint { get; init; }

    /// <summary>Arguments of the program in the container.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>The user's arguments for the engine.</summary>
    public IReadOnlyList<string> RuntimeArguments { get; init; } = [];

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    public IReadOnlyList<ContainerMountAnnotation> Mounts { get; init; } = [];

    /// <summary>The network to join; null: none of ours.</summary>
    public string? Network { get; init; }

    /// <summary>Names in that network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Name by which the container reaches this machine, where the engine does not give it one by itself.</summary>
    public string? HostAlias { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];
}
