using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Allocation;

namespace Stack.Hosting.Orchestration;

/// <summary>Raises the events of the application and of its resources, in the order that an AppHost may rely on.</summary>
internal sealed class LifecycleEvents(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext execution,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    IServiceProvider services)
{
    /// <summary>Before anything starts, in both modes: subscribers, the event, then hooks.</summary>
    public async Task BeforeStartAsync(CancellationToken cancellationToken)
    {
        foreach (var subscriber in services.GetServices<IDistributedApplicationEventingSubscriber>())
        {
            await subscriber.SubscribeAsync(eventing, execution, cancellationToken).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken).ConfigureAwait(false);
#pragma warning disable CS0618 // Programs that use hooks still work.
        foreach (var hook in services.GetServices<IDistributedApplicationLifecycleHook>())
        {
            await hook.BeforeStartAsync(model, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The addresses are known.</summary>
    public async Task EndpointsAllocatedAsync(StackPlan plan, CancellationToken cancellationToken)
    {
        foreach (var resource in plan.Resources)
        {
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource.Resource, services), cancellationToken).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new AfterEndpointsAllocatedEvent(services, model), cancellationToken).ConfigureAwait(false);
        foreach (var hook in services.GetServices<IDistributedApplicationLifecycleHook>())
        {
            await hook.AfterEndpointsAllocatedAsync(model, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The first snapshots are out: custom resources start themselves now. Nobody waits for them.</summary>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources.ToList())
        {
            await eventing.PublishAsync(
                new InitializeResourceEvent(resource, eventing, logs, notifications, services), EventDispatchBehavior.NonBlockingSequential, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task AfterResourcesCreatedAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
        foreach (var hook in services.GetServices<IDistributedApplicationLifecycleHook>())
        {
            await hook.AfterResourcesCreatedAsync(model, cancellationToken).ConfigureAwait(false);
        }
    }
#pragma warning restore CS0618

    /// <summary>Before a resource starts: its connection string (and those of what lives with it) can be asked for; then the handlers of the start itself.</summary>
    public async Task BeforeResourceStartAsync(IResource resource, CancellationToken cancellationToken)
    {
        foreach (var owner in model.Resources.Where(r => ReferenceEquals(r, resource) || (r is IResourceWithParent { Parent: var parent } && ReferenceEquals(parent, resource))).OfType<IResourceWithConnectionString>().ToList())
        {
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(owner, services), cancellationToken).ConfigureAwait(false);
        }

        await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has something done once a resource is ready, after what the AppHost's own handlers do.</summary>
    public void OnReady(IResource resource, Func<CancellationToken, Task> act)
        => eventing.Subscribe<ResourceReadyEvent>(resource, (_, token) => act(token));

    public Task ReadyAsync(IResource resource, CancellationToken cancellationToken)
        => eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);

    public Task StoppedAsync(IResource resource, ResourceEvent last, CancellationToken cancellationToken)
        => eventing.PublishAsync(new ResourceStoppedEvent(resource, services, last), cancellationToken);
}
