namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names of properties that have a meaning of their own in a snapshot.</summary>
public static class CustomResourceKnownProperties
{
    /// <summary>Where the resource comes from: image, project, program.</summary>
    public static string Source { get; } = "resource.source";

    /// <summary>Connection string.</summary>
    public static string ConnectionString { get; } = "resource.connectionString";
}

/// <summary>Names of the properties that the engine sets.</summary>
internal static class KnownProperties
{
    public const string Source = "resource.source";
    public const string ConnectionString = "resource.connectionString";
    public const string ParentName = "resource.parentName";
    public const string AppArgs = "resource.appArgs";
    public const string ContainerImage = "container.image";
    public const string ContainerId = "container.id";
    public const string ContainerCommand = "container.command";
    public const string ContainerArgs = "container.args";
    public const string ContainerPorts = "container.ports";
    public const string ContainerLifetime = "container.lifetime";
    public const string ExecutablePath = "executable.path";
    public const string ExecutablePid = "executable.pid";
    public const string ExecutableWorkDir = "executable.workDir";
    public const string ExecutableArgs = "executable.args";
    public const string ProjectPath = "project.path";
    public const string ProjectLaunchProfile = "project.launchProfile";
    public const string ParameterValue = "Value";
    public const string ReplicaIndex = "stack.replica.index";
    public const string ReplicaPort = "stack.replica.port";
    public const string SupervisionState = "stack.supervision.state";
    public const string Restarts = "stack.restarts";
    public const string Reason = "stack.reason";
}

/// <summary>How the state of a parameter, connection string or external service begins that has no value, and will have none in this run.</summary>
internal static class KnownValueStates
{
    public const string Missing = "Value missing";
    public const string Failed = "Value failed";

    public static bool IsOne(string? state)
        => state is not null && (state.StartsWith(Missing, StringComparison.Ordinal) || state.StartsWith(Failed, StringComparison.Ordinal));
}

/// <summary>The kinds of resources that the engine knows.</summary>
internal static class KnownResourceTypes
{
    public const string Project = nameof(Project);
    public const string Executable = nameof(Executable);
    public const string Container = nameof(Container);
    public const string Parameter = nameof(Parameter);
    public const string ConnectionString = nameof(ConnectionString);
    public const string ExternalService = nameof(ExternalService);
}
