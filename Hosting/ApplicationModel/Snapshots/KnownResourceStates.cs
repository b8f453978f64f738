namespace Aspire.Hosting.ApplicationModel;

/// <summary>The texts of the states that the engine gives its resources. A custom resource may have others.</summary>
public static class KnownResourceStates
{
    /// <summary>Not to be shown.</summary>
    [Obsolete("Set CustomResourceSnapshot.IsHidden instead.")]
    public static readonly string Hidden = nameof(Hidden);

    /// <summary>Being started.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Running; <see cref="CustomResourceSnapshot.HealthStatus"/> says how well.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>It could not be started. Terminal.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>The container engine is not well.</summary>
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    /// <summary>Being stopped.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>A container that has ended. Terminal.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>A process that has ended. Terminal.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>Waiting for other resources.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>Not started yet, because nobody asked for it.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>In use, without a life of its own.</summary>
    public static readonly string Active = nameof(Active);

    /// <summary>Being built.</summary>
    public static readonly string Building = nameof(Building);

    /// <summary>The states in which nothing runs any more.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
