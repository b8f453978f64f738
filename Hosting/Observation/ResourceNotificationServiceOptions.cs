namespace Aspire.Hosting.ApplicationModel;

/// <summary>Settings of <see cref="ResourceNotificationService"/>.</summary>
public class ResourceNotificationServiceOptions
{
    /// <summary>What a wait does when the other resource ends or fails. Default: gives up when there is no dashboard to start it again from, else waits on.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; }
}
