namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a resource waits for before it starts.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="waitType">What has to be true of it.</param>
/// <param name="exitCode">For a completion: the exit code that counts as success.</param>
public class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What has to be true of it.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>For a completion: the exit code that counts as success.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What happens when the other resource ends or fails; null: <see cref="ResourceNotificationServiceOptions.DefaultWaitBehavior"/>.</summary>
    public WaitBehavior? WaitBehavior { get; set; }

    /// <summary>One replica is enough (ours: a gateway serves as soon as it has one replica to send to).</summary>
    internal bool AnyReplica { get; init; }
}

/// <summary>What has to be true of a resource that is waited for.</summary>
public enum WaitType
{
    /// <summary>It runs and is healthy.</summary>
    WaitUntilHealthy,

    /// <summary>It has ended with the expected exit code.</summary>
    WaitForCompletion,

    /// <summary>It runs.</summary>
    WaitUntilStarted,
}
