using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Lifecycle;

/// <summary>A service that is called at points of the application's start.</summary>
[Obsolete("Use IDistributedApplicationEventingSubscriber.")]
public interface IDistributedApplicationLifecycleHook
{
    /// <summary>Called after the handlers of <see cref="BeforeStartEvent"/>.</summary>
    /// <param name="appModel">The model.</param>
    /// <param name="cancellationToken">Ends when the start is given up.</param>
    Task BeforeStartAsync(DistributedApplicationModel appModel, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Called when the addresses of all resources are known.</summary>
    /// <param name="appModel">The model.</param>
    /// <param name="cancellationToken">Ends when the start is given up.</param>
    Task AfterEndpointsAllocatedAsync(DistributedApplicationModel appModel, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Called after the handlers of <see cref="AfterResourcesCreatedEvent"/>.</summary>
    /// <param name="appModel">The model.</param>
    /// <param name="cancellationToken">Ends when the start is given up.</param>
    Task AfterResourcesCreatedAsync(DistributedApplicationModel appModel, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
