using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Lifecycle;

/// <summary>A service that adds handlers of events before the application starts.</summary>
public interface IDistributedApplicationEventingSubscriber
{
    /// <summary>Adds the handlers; called once, before <see cref="ApplicationModel.BeforeStartEvent"/>.</summary>
    /// <param name="eventing">Takes them.</param>
    /// <param name="executionContext">Run or publish.</param>
    /// <param name="cancellationToken">Ends when the start is given up.</param>
    Task SubscribeAsync(IDistributedApplicationEventing eventing, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken);
}
