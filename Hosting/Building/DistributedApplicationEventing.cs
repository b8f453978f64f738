using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stack.Hosting.Building;

/// <summary>Keeps handlers by the exact type of their event and calls them.</summary>
internal sealed partial class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, List<DistributedApplicationEventSubscription>> _subscriptions = [];

    /// <summary>Takes what goes wrong in handlers that nobody waits for; set when the application is built.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

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
                _ = LogFailureAsync(Task.Run(InTurn, CancellationToken.None), typeof(T).Name);
                break;
            case EventDispatchBehavior.NonBlockingConcurrent:
                _ = LogFailureAsync(Task.Run(AtOnce, CancellationToken.None), typeof(T).Name);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dispatchBehavior), dispatchBehavior, "This is no way to dispatch an event.");
        }
    }

    private async Task LogFailureAsync(Task handlers, string name)
    {
        try
        {
            await handlers.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogFailed(Logger, e, name);
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

    [LoggerMessage(1120, LogLevel.Error, "A handler of {Event} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string @event);
}
