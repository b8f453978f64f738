using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control;

namespace Stack.Hosting.Orchestration;

/// <summary>Runs the stack: starts the resources in the order of their waits, and stops them in reverse.</summary>
internal sealed partial class StackEngine(
    StackPreparation preparation,
    ReplicaFactory replicas,
    ResourceFollower follower,
    LifecycleEvents events,
    ValueResources values,
    StackControl control,
    StackMeasures measures,
    Shutdown shutdown,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Stack.Engine");
    private readonly CancellationTokenSource _ended = new();
    private readonly List<Task> _loops = [];
    private readonly List<IDisposable> _owned = [];
    private IReadOnlyList<ResourceOrchestrator> _resources = [];
    private PreparedStack? _stack;
    private ControlServer? _server;
    private bool _disposed;

    /// <summary>What comes before the AppHost's own handlers get the model: state folder and dashboard.</summary>
    /// <exception cref="DistributedApplicationException">The stack can't run; nothing was started.</exception>
    public void Open() => preparation.Open();

    /// <summary>What comes after them, and before anything starts: the plan.</summary>
    /// <exception cref="DistributedApplicationException">The stack can't run; nothing was started.</exception>
    public async Task PlanAsync(CancellationToken cancellationToken)
    {
        follower.Validate();
        _stack = await preparation.PlanAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_stack is not { } stack)
        {
            throw new InvalidOperationException("The engine was started before it was prepared.");
        }

        try
        {
            await StartAsync(stack, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Stopped while it was starting: no failure. What has begun is stopped next.
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (control.LeavesRunning)
        {
            await Task.WhenAll(_resources.Select(r => r.LeaveAsync())).ConfigureAwait(false);
            LogLeft(_resources.Sum(r => r.Replicas.Count(i => i.Current.Pid is not null)));
            return;
        }

        await shutdown.RunAsync(_resources).ConfigureAwait(false);
        LogStopped();
    }

    /// <summary>Runs one of the commands that everything supervised has.</summary>
    /// <param name="name">A resource, or one of its replicas.</param>
    /// <param name="command">start, stop, restart or roll.</param>
    /// <param name="cancellationToken">Ends the wait for the result.</param>
    public async Task<ExecuteCommandResult> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        if (control.Find(name) is not { } found)
        {
            return CommandResults.Failure($"There is no resource or replica '{name}'.");
        }

        var outcome = await found.Resource.ExecuteAsync(command, found.Replica, cancellationToken).ConfigureAwait(false);
        return outcome.ToResult();
    }

    /// <summary>Goes over to what was just built of a project, one replica after another.</summary>
    public async Task<ExecuteCommandResult> RunBuildAsync(IResource resource, CancellationToken cancellationToken)
    {
        var outcome = await _resources.First(r => ReferenceEquals(r.Plan.Resource, resource)).RunBuildAsync(cancellationToken).ConfigureAwait(false);
        return outcome.ToResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _owned.ForEach(o => o.Dispose());
        if (!control.LeavesRunning)
        {
            await Task.WhenAll(_resources.Select(r => r.StopQuietlyAsync())).ConfigureAwait(false);
        }

        await _ended.CancelAsync().ConfigureAwait(false);
        foreach (var resource in _resources)
        {
            await resource.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_loops).ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _ended.Dispose();
        preparation.Dispose();
    }

    private async Task StartAsync(PreparedStack stack, CancellationToken cancellationToken)
    {
        _resources = replicas.Create(stack, new StackSurroundings(control, follower, stack.Desired));
        shutdown.Prepare(_resources);
        control.Begin(_resources, stack.Dashboard);
        foreach (var replica in _resources.SelectMany(r => r.ReplicaNames))
        {
            follower.AttachLog(replica, control.FindLogFile(replica)!);
        }

        await follower.AnnounceAsync(cancellationToken).ConfigureAwait(false);

        // From here on processes may be touched: the model is known to be good.
        await stack.Adoption.HandOverAsync(_resources.SelectMany(r => r.Replicas)).ConfigureAwait(false);
        _server = await control.ServeAsync(loggers, cancellationToken).ConfigureAwait(false);
        _owned.Add(new StopSignals(lifetime, control, _logger));
        await stack.Adoption.StopRemovedAsync(stack.Plan, time).ConfigureAwait(false);
        _loops.Add(follower.RunAsync(MeantToRun, r => _resources.Any(o => ReferenceEquals(o.Plan.Resource, r)), _ended.Token));
        await events.InitializeAsync(cancellationToken).ConfigureAwait(false);
        _loops.Add(values.PublishAsync(_ended.Token));
        await events.AfterResourcesCreatedAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var resource in _resources)
        {
            _loops.Add(RunAsync(resource, stack.Adoption));
        }

        await control.PingAsync(cancellationToken).ConfigureAwait(false);   // each has taken its order then
        control.EndStart();
        _loops.Add(measures.RunAsync(_ended.Token));
        _loops.Add(follower.ReportAsync(control, _ended.Token));
    }

    private IReadOnlyCollection<string> MeantToRun(IResource resource)
        => _resources.FirstOrDefault(r => ReferenceEquals(r.Plan.Resource, resource)) is { } supervised
            ? [.. supervised.Replicas.Select(r => r.Current).Where(r => r.Wanted).Select(r => r.Name)]
            : resource.GetReplicaNames().ToList();

    private async Task RunAsync(ResourceOrchestrator resource, Adoption adoption)
    {
        var wanted = resource.Replicas.Where(r => adoption.IsMeantToRun(r.Current.Name) && (!resource.IsStartedByHand || adoption.Ran(r.Current.Name))).ToList();
        try
        {
            await Task.WhenAll(wanted.Select(r => r.StartAsync(_ended.Token))).ConfigureAwait(false);
            if (await adoption.ChangedAsync(wanted, _ended.Token).ConfigureAwait(false) is { Count: > 0 } changed)
            {
                LogChanged(string.Join(", ", changed));
                await resource.RollAsync(changed, "settings or program have changed", _ended.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The stack is being stopped.
        }
        catch (DistributedApplicationException e)
        {
            // A stop that comes before the start is done is no failure, and neither is a job that has done its work.
            if (!lifetime.ApplicationStopping.IsCancellationRequested && !resource.HasCompleted)
            {
                LogNotStarted(resource.Name, e.Message);
            }
        }
    }

    [LoggerMessage(3101, LogLevel.Error, "Resource '{Resource}' did not start: {Reason}")]
    private partial void LogNotStarted(string resource, string reason);

    [LoggerMessage(3145, LogLevel.Information, "Restarting one after another, because their settings or their program have changed: {Replicas}.")]
    private partial void LogChanged(string replicas);

    [LoggerMessage(3146, LogLevel.Information, "The AppHost ends and leaves {Count} processes running; the next one goes on with them.")]
    private partial void LogLeft(int count);

    [LoggerMessage(3102, LogLevel.Information, "Everything has stopped.")]
    private partial void LogStopped();
}
