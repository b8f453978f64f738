using Aspire.Hosting.Eventing;

namespace Stack.Hosting.Building;

/// <summary>Keeps handlers by the exact type of their event and calls them.</summary>
internal sealed class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, List<DistributedApplicationEventSubscription>> _subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent
        => Add<T>(new DistributedApplicationEventSubscription((e, token) => callback((T)e, token)));

    public DistributedApplicationEventSubscription Subscribe<T>(Aspire.Hosting.ApplicationModel.IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent
        => Add<T>(new DistributedApplicationResourceEventSubscription(resource, (e, token) => ReferenceEquals(e.Resource, resource) ? callback((T)e, token) : Task.CompletedTask));

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock)
        {
            foreach (var list in _subscriptions.Values)
            {
                list.Remove(subscription);
            }
        }
    }

    public Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
        => PublishAsync(@event, EventDispatchBehavior.BlockingSequential, cancellationToken);

    public async Task PublishAsync<T>(T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        DistributedApplicationEventSubscription[] handlers;
        lock (_lock)
        {
            handlers = _subscriptions.TryGetValue(typeof(T), out var list) ? [.. list] : [];
        }

        async Task InTurn()
        {
            foreach (var handler in handlers)
            {
                await handler.Callback(@event, cancellationToken).ConfigureAwait(false);
            }
        }

        Task AtOnce() => Task.WhenAll(handlers.Select(h => h.Callback(@event, cancellationToken)));

        switch (dispatchBehavior)
        {
            case EventDispatchBehavior.BlockingSequential:
                await InTurn().ConfigureAwait(false);
                break;
            case EventDispatchBehavior.BlockingConcurrent:
                await AtOnce().ConfigureAwait(false);
                break;
            case EventDispatchBehavior.NonBlockingSequential:
                _ = Task.Run(InTurn, CancellationToken.None);
                break;
            case EventDispatchBehavior.NonBlockingConcurrent:
                _ = Task.Run(AtOnce, CancellationToken.None);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dispatchBehavior), dispatchBehavior, "This is no way to dispatch an event.");
        }
    }

    private DistributedApplicationEventSubscription Add<T>(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(typeof(T), out var list))
            {
                _subscriptions[typeof(T)] = list = [];
            }

            list.Add(subscription);
            return subscription;
        }
    }
}
