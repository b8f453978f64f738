namespace Stack.Hosting.ApplicationModel;

/// <summary>What a callback gets that sets the environment variables of one replica.</summary>
/// <param name="name">Name of the replica.</param>
/// <param name="index">Its 0-based index.</param>
/// <param name="port">The port it listens on; null: it has no endpoint.</param>
/// <param name="environmentVariables">The variables it starts with.</param>
public sealed class ReplicaEnvironmentContext(string name, int index, int? port, IDictionary<string, string> environmentVariables)
{
    /// <summary>Name of the replica: <c>site-8001</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Its 0-based index.</summary>
    public int Index { get; } = index;

    /// <summary>The port it listens on; null: it has no endpoint.</summary>
    public int? Port { get; } = port;

    /// <summary>The variables it starts with, as text; what is set here wins.</summary>
    public IDictionary<string, string> EnvironmentVariables { get; } = environmentVariables;
}
