using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Keeps the last snapshot of every resource and replica, hands changes on to all who watch, and lets others wait for a state.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly ILogger _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _logs;
    private readonly Lock _lock = new();
    private readonly Dictionary<(IResource Resource, string Id), Entry> _entries = new(EntryComparer.Instance);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposing = new();
    private readonly CancellationToken _stopping;
    private bool _disposed;

    /// <summary>Creates the service.</summary>
    /// <param name="logger">Its log.</param>
    /// <param name="hostApplicationLifetime">Ends the waits when the application stops.</param>
    /// <param name="serviceProvider">Given to what computes the states of commands.</param>
    /// <param name="resourceLoggerService">The logs of the resources: waits are noted there.</param>
    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(hostApplicationLifetime);
        ArgumentNullException.ThrowIfNull(serviceProvider);
        ArgumentNullException.ThrowIfNull(resourceLoggerService);
        _logger = logger;
        _services = serviceProvider;
        _logs = resourceLoggerService;
        _stopping = hostApplicationLifetime.ApplicationStopping;
    }

    /// <summary>The last snapshot of everything, then every change; nothing is lost or told twice between the two.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var last in _entries.Values.Select(e => e.Last).OfType<ResourceEvent>())
            {
                channel.Writer.TryWrite(last);
            }

            _watchers.Add(channel);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(either.Token).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>The last snapshot of a replica, or of a resource that has one instance.</summary>
    /// <param name="resourceId">Name of the replica, or of the resource.</param>
    /// <param name="resourceEvent">The snapshot.</param>
    /// <returns>False: there is none.</returns>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        lock (_lock)
        {
            var known = _entries.Values.Select(e => e.Last).OfType<ResourceEvent>().ToList();
            resourceEvent = known.Find(e => Same(e.ResourceId, resourceId));
            if (resourceEvent is null && known.FindAll(e => Same(e.Resource.Name, resourceId)) is [var only])
            {
                resourceEvent = only;
            }

            return resourceEvent is not null;
        }
    }

    /// <summary>Changes the snapshots of a resource, of all its replicas.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="stateFactory">Makes the new snapshot of the last one.</param>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var name in resource.GetReplicaNames())
        {
            await PublishUpdateAsync(resource, name, stateFactory).ConfigureAwait(false);
        }
    }

    /// <summary>Changes the snapshot of a resource, or of one replica.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="resourceId">Its name, or that of the replica.</param>
    /// <param name="stateFactory">Makes the new snapshot of the last one.</param>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(resourceId);
        ArgumentNullException.ThrowIfNull(stateFactory);
        var entry = EntryOf(resource, resourceId);

        // One change of an id after another: the new snapshot is made of the last, and told in that order.
        lock (entry.Lock)
        {
            var before = entry.Last?.Snapshot ?? First(resource);
            var now = SnapshotRules.Complete(resource, stateFactory(before), before.Version + 1, _services);
            if (before.State?.Text != now.State?.Text)
            {
                LogChanged(resourceId, before.State?.Text, now.State?.Text);
            }

            var change = new ResourceEvent(resource, resourceId, now);
            lock (_lock)
            {
                entry.Last = change;
                _watchers.ForEach(w => w.Writer.TryWrite(change));
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>A replica is gone for good: it has no snapshot any more. Those who watch have seen its last one.</summary>
    internal void Forget(IResource resource, string resourceId)
    {
        lock (_lock)
        {
            _entries.Remove((resource, resourceId));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _disposing.Cancel();
            _disposing.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static CustomResourceSnapshot First(IResource resource)
        => resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var initial)
            ? initial.InitialSnapshot
            : new CustomResourceSnapshot { ResourceType = resource.GetType().Name, Properties = ImmutableArray<ResourcePropertySnapshot>.Empty };

    private Entry EntryOf(IResource resource, string id)
    {
        lock (_lock)
        {
            return _entries.TryGetValue((resource, id), out var entry) ? entry : _entries[(resource, id)] = new Entry();
        }
    }

    [LoggerMessage(4101, LogLevel.Debug, "{Instance}: {From} -> {To}")]
    private partial void LogChanged(string instance, string? from, string? to);

    private sealed class Entry
    {
        public Lock Lock { get; } = new();

        public ResourceEvent? Last { get; set; }
    }

    private sealed class EntryComparer : IEqualityComparer<(IResource Resource, string Id)>
    {
        public static EntryComparer Instance { get; } = new();

        public bool Equals((IResource Resource, string Id) x, (IResource Resource, string Id) y) => ReferenceEquals(x.Resource, y.Resource) && Same(x.Id, y.Id);

        public int GetHashCode((IResource Resource, string Id) obj) => HashCode.Combine(RuntimeHelpers.GetHashCode(obj.Resource), obj.Id.ToUpperInvariant().GetHashCode(StringComparison.Ordinal));
    }
}
