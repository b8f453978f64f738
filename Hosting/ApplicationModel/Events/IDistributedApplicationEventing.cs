using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

/// <summary>Something that happens to the application.</summary>
public interface IDistributedApplicationEvent;

/// <summary>Something that happens to one resource.</summary>
public interface IDistributedApplicationResourceEvent : IDistributedApplicationEvent
{
    /// <summary>The resource.</summary>
    IResource Resource { get; }
}

/// <summary>Calls handlers when something happens.</summary>
public interface IDistributedApplicationEventing
{
    /// <summary>Adds a handler. Handlers are found by the exact type of the event.</summary>
    /// <typeparam name="T">Type of the event.</typeparam>
    /// <param name="callback">The handler.</param>
    DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent;

    /// <summary>Adds a handler for one resource.</summary>
    /// <typeparam name="T">Type of the event.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <param name="callback">The handler.</param>
    DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent;

    /// <summary>Removes a handler.</summary>
    /// <param name="subscription">What adding it returned.</param>
    void Unsubscribe(DistributedApplicationEventSubscription subscription);

    /// <summary>Calls the handlers one after another and awaits each.</summary>
    /// <typeparam name="T">Type of the event.</typeparam>
    /// <param name="event">The event.</param>
    /// <param name="cancellationToken">Handed to the handlers.</param>
    Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;

    /// <summary>Calls the handlers.</summary>
    /// <typeparam name="T">Type of the event.</typeparam>
    /// <param name="event">The event.</param>
    /// <param name="dispatchBehavior">In which order, and whether they are awaited.</param>
    /// <param name="cancellationToken">Handed to the handlers.</param>
    Task PublishAsync<T>(T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;
}

/// <summary>How the handlers of an event are called.</summary>
public enum EventDispatchBehavior
{
    /// <summary>One after another; the call returns after the last.</summary>
    BlockingSequential,

    /// <summary>All at once; the call returns after the last.</summary>
    BlockingConcurrent,

    /// <summary>One after another; the call returns at once.</summary>
    NonBlockingSequential,

    /// <summary>All at once; the call returns at once.</summary>
    NonBlockingConcurrent,
}

/// <summary>A handler that was added.</summary>
/// <param name="callback">The handler.</param>
public class DistributedApplicationEventSubscription(Func<IDistributedApplicationEvent, CancellationToken, Task> callback)
{
    /// <summary>The handler.</summary>
    public Func<IDistributedApplicationEvent, CancellationToken, Task> Callback { get; } = callback;
}

/// <summary>A handler for one resource that was added.</summary>
/// <param name="resource">The resource.</param>
/// <param name="callback">The handler.</param>
public class DistributedApplicationResourceEventSubscription(IResource? resource, Func<IDistributedApplicationResourceEvent, CancellationToken, Task> callback)
    : DistributedApplicationEventSubscription((e, token) => callback((IDistributedApplicationResourceEvent)e, token))
{
    /// <summary>The resource.</summary>
    public IResource? Resource { get; } = resource;
}
