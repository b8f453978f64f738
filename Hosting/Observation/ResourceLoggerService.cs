using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The console logs of all resources: what their processes write, and what the AppHost writes for them.</summary>
public class ResourceLoggerService
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();
    private readonly List<Channel<LogSubscriber>> _subscriberWatches = [];

    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>A logger that writes into the log of a resource; one with replicas has it in the log of each.</summary>
    /// <param name="resource">The resource.</param>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceLogger(() => resource.GetReplicaNames().Select(Log), Time);
    }

    /// <summary>A logger that writes into one log.</summary>
    /// <param name="resourceName">Name of a resource with one instance, or of a replica.</param>
    public ILogger GetLogger(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return new ResourceLogger(() => [Log(resourceName)], Time);
    }

    /// <summary>The log of a resource from its beginning on, that of all replicas merged, also of those that come later; ends when all of them are completed.</summary>
    /// <param name="resource">The resource.</param>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource.GetReplicaNames);
    }

    /// <summary>One log from its beginning on; ends when it is completed.</summary>
    /// <param name="resourceName">Name of a resource with one instance, or of a replica.</param>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return WatchAsync(() => [resourceName]);
    }

    /// <summary>The log of a resource as it is now, that of all replicas merged.</summary>
    /// <param name="resource">The resource.</param>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return ReadAllAsync(resource.GetReplicaNames());
    }

    /// <summary>One log as it is now.</summary>
    /// <param name="resourceName">Name of a resource with one instance, or of a replica.</param>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return ReadAllAsync([resourceName]);
    }

    /// <summary>Tells when a log gets its first watcher, and when it loses its last; first those that have one now.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<LogSubscriber> WatchAnySubscribersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogSubscriber>();
        lock (_lock)
        {
            foreach (var log in _logs.Values.Where(l => l.Watchers > 0))
            {
                channel.Writer.TryWrite(new LogSubscriber(log.Name, true));
            }

            _subscriberWatches.Add(channel);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_lock)
            {
                _subscriberWatches.Remove(channel);
            }
        }
    }

    /// <summary>Nothing more is written to the logs of a resource: its watchers end.</summary>
    /// <param name="resource">The resource.</param>
    public void Complete(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var name in resource.GetReplicaNames())
        {
            Complete(name);
        }
    }

    /// <summary>Nothing more is written to a log: its watchers end.</summary>
    /// <param name="name">Name of a resource with one instance, or of a replica.</param>
    public void Complete(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Log(name).Complete();
    }

    /// <summary>Forgets what the AppHost wrote for a resource so far; the files of its processes stay.</summary>
    /// <param name="resourceName">Name of a resource with one instance, or of a replica.</param>
    public void ClearBacklog(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        Log(resourceName).ClearBacklog();
    }

    /// <summary>The file that takes a replica's stdout and stderr; it need not exist yet.</summary>
    internal void Attach(string replica, string file) => Log(replica).File = file;

    /// <summary>A replica is gone for good: its watchers end. Its file stays.</summary>
    internal void Forget(string replica)
    {
        Complete(replica);
        _logs.TryRemove(replica, out _);
    }

    private ResourceLog Log(string name) => _logs.GetOrAdd(name, n => new ResourceLog(n));

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(Func<IReadOnlyList<string>> names, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ResourceLogReader> readers = [];
        var number = 0;
        try
        {
            while (true)
            {
                Join(readers, names());

                // Looked at before the reading: what was written until then is read below.
                var complete = readers.Count > 0 && readers.TrueForAll(r => r.Log.IsComplete);
                var changed = Task.WhenAny(readers.Select(r => r.Log.Changed).Append(Never));
                var lines = Number(readers, ref number, complete);
                if (lines.Count > 0)
                {
                    yield return lines;
                }
                else if (complete)
                {
                    yield break;
                }
                else
                {
                    await WaitAsync(changed, readers.Count == 0 || readers.Exists(r => r.Log.File is not null), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            readers.ForEach(r => Count(r.Log, -1));
        }
    }

    // A replica that is gone and comes again has a new log; the file is the same.
    private void Join(List<ResourceLogReader> readers, IReadOnlyList<string> names)
    {
        foreach (var log in names.Select(Log).Where(log => !readers.Exists(r => r.Log == log)).ToList())
        {
            readers.Add(new ResourceLogReader(log, Time, end: null));
            Count(log, +1);
        }
    }

    private async Task WaitAsync(Task changed, bool hasFiles, CancellationToken cancellationToken)
    {
        if (!hasFiles)
        {
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(LogTail.PollInterval, Time, pause.Token)).ConfigureAwait(false);
        await pause.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAllAsync(IReadOnlyList<string> names)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var readers = names.Select(n => new ResourceLogReader(Log(n), Time, end: Log(n).Count)).ToList();
        var number = 0;
        while (Number(readers, ref number, last: true) is { Count: > 0 } lines)
        {
            yield return lines;
        }
    }

    private static List<LogLine> Number(List<ResourceLogReader> readers, ref int number, bool last)
    {
        List<LogLine> lines = [];
        foreach (var (text, isError) in readers.SelectMany(r => r.Read(last)))
        {
            lines.Add(new LogLine(++number, text, isError));
        }

        return lines;
    }

    private void Count(ResourceLog log, int change)
    {
        lock (_lock)
        {
            var before = log.Watchers;
            log.Watchers += change;
            if ((before == 0) != (log.Watchers == 0))
            {
                _subscriberWatches.ForEach(w => w.Writer.TryWrite(new LogSubscriber(log.Name, log.Watchers > 0)));
            }
        }
    }
}
