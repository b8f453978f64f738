namespace Stack.Hosting.ApplicationModel;

/// <summary>What happens to a replica whose process ends by itself.</summary>
public enum RestartMode
{
    /// <summary>It stays ended, so that a crash stays visible. The default in development.</summary>
    Never,

    /// <summary>It is started again unless it ended with a success code (0, by default) after its start time.</summary>
    OnFailure,

    /// <summary>It is started again whatever its exit code. The default in production.</summary>
    Always,
}
