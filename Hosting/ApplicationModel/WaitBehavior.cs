namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a wait does when the resource that is waited for ends or fails.</summary>
public enum WaitBehavior
{
    /// <summary>It waits on: somebody may start the other one again.</summary>
    WaitOnResourceUnavailable,

    /// <summary>It gives up: the waiting resource fails to start.</summary>
    StopOnResourceUnavailable,
}
