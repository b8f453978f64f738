using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Orchestration.Rolling;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>The replicas of one resource together: starts, stops, rolls and scales them, and sums up what they are.</summary>
internal sealed partial class ResourceOrchestrator : IAsyncDisposable
{
    private readonly ReplicaSet _replicas;
    private readonly Traffic _traffic;
    private readonly Rollout _rollout;
    private readonly RollingRestart _rolling;
    private readonly Scaler _scaler;
    private readonly ReplicaMaker _maker;
    private readonly IStackSurroundings _stack;
    private readonly ILogger _logger;
    private readonly Lock _changing = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _unready;
    private Task _change = Task.CompletedTask;

    public ResourceOrchestrator(ResourcePlan plan, ReplicaMaker maker, IStackSurroundings stack, TimeProvider time, ILogger logger)
    {
        _maker = maker;
        _stack = stack;
        _logger = logger;
        _replicas = new ReplicaSet(plan);
        _traffic = new Traffic(plan.Resource, time, logger);
        _rollout = new Rollout(plan.Name, () =>
        {
            stack.RolloutChanged(plan.Name);
            _replicas.Pulse();
        });
        _rolling = new RollingRestart(_replicas, _traffic, _rollout, maker.Releases.Targets, time, logger);
        _scaler = new Scaler(_replicas, _traffic, _rollout, stack, Make);
        _replicas.Use(plan, [.. plan.Replicas.Select(Make)]);
        foreach (var replica in _replicas.All)
        {
            _ = _traffic.BeginAsync(replica);
        }

        foreach (var trouble in plan.Resource.Annotations.OfType<TroubleAnnotation>())
        {
            trouble.Changed += () => TroubleChanged(trouble.Text);
        }

        _unready = new UnreadyReplicas(_replicas, _traffic, _rollout, time, logger).RunAsync(_ended.Token);
    }

    public ResourcePlan Plan => _replicas.Plan;

    public string Name => Plan.Name;

    public IReadOnlyList<InstanceSupervisor> Replicas => _replicas.All;

    public IReadOnlyList<string> ReplicaNames => [.. Replicas.Select(r => r.Name)];

    public bool IsHidden => Plan.Resource.HasAnnotationOfType<ApplicationModel.HiddenAnnotation>();

    /// <summary>True when it does not start with the stack, but by command.</summary>
    public bool IsStartedByHand => Plan.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>();

    /// <summary>True when every replica has ended by itself with exit code 0.</summary>
    public bool HasCompleted => Replicas.All(r => r.Current is { State: InstanceState.Exited, ExitCode: 0 });

    /// <summary>The longest time between a replica's stop signal and KILL.</summary>
    public TimeSpan StopGrace => Replicas.Select(r => r.StopGrace).DefaultIfEmpty().Max();

    /// <summary>Wants all replicas to run, and ends a freeze.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => StartAsync(Replicas, cancellationToken);

    /// <summary>Wants no replica to run: what is under way is called off, a freeze ends.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => StopAllAsync(r => r.StopAsync(cancellationToken));

    /// <summary>Stops all with the whole stack: the next AppHost starts them again.</summary>
    public Task StopWithStackAsync() => StopAllAsync(r => r.StopWithStackAsync(CancellationToken.None));

    /// <summary>Stops what still runs; what can't be stopped is logged by its supervisor when it is disposed.</summary>
    public async Task StopQuietlyAsync()
    {
        try
        {
            await StopWithStackAsync().ConfigureAwait(false);
        }
        catch (DistributedApplicationException)
        {
            // Said at its disposal.
        }
    }

    public void Kill()
    {
        _rollout.CallOff();
        foreach (var replica in Replicas)
        {
            replica.Kill();
        }
    }

    /// <summary>Leaves all processes running for the next AppHost; what is under way is called off.</summary>
    public async Task LeaveAsync()
    {
        _rollout.CallOff();
        await ChangeEndedAsync().ConfigureAwait(false);
        foreach (var replica in Replicas)
        {
            await replica.LeaveAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _rollout.CallOff();
        await ChangeEndedAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await _unready.ConfigureAwait(false);
        _ended.Dispose();
        foreach (var replica in Replicas)
        {
            await replica.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void TroubleChanged(string? text)
    {
        _stack.RolloutChanged(Name);
        if (text is not null)
        {
            LogTrouble(Name, text);
            _stack.Alert(Name, null, text);
        }
    }

    [LoggerMessage(3124, LogLevel.Error, "Resource '{Resource}': {Text}")]
    private partial void LogTrouble(string resource, string text);

    private async Task StopAllAsync(Func<InstanceSupervisor, Task> stop)
    {
        _rollout.CallOff();
        _rollout.Thaw();
        await EachAsync("stop", Replicas, stop).ConfigureAwait(false);
        await ChangeEndedAsync().ConfigureAwait(false);
    }

    private InstanceSupervisor Make(ReplicaIdentity replica) => _maker.Make(replica, snapshot =>
    {
        _stack.ReplicaChanged(_replicas.Plan, snapshot);
        _replicas.Pulse();
    });

    private async Task StartAsync(IReadOnlyList<InstanceSupervisor> replicas, CancellationToken cancellationToken)
    {
        _rollout.Thaw();
        await EachAsync("start", replicas, async replica =>
        {
            if (!replica.Current.Wanted)
            {
                replica.Launches.Renew();
            }

            await replica.StartAsync(cancellationToken).ConfigureAwait(false);
            if (replica.Current.Traffic is InstanceTraffic.Out or InstanceTraffic.Draining && !_rollout.IsRunning)
            {
                await _traffic.AdmitAsync(replica, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task StopAsync(InstanceSupervisor replica, CancellationToken cancellationToken)
    {
        _rollout.Thaw();
        if (RollOrder.Serves(replica.Current) && !_rollout.IsRunning && Replicas.Any(r => r != replica && RollOrder.Serves(r.Current)))
        {
            await _traffic.DrainAsync(replica, cancellationToken).ConfigureAwait(false);
        }

        await replica.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="DistributedApplicationException">Some did not; says which, and why.</exception>
    private static async Task EachAsync(string command, IReadOnlyList<InstanceSupervisor> replicas, Func<InstanceSupervisor, Task> act)
    {
        List<Task> all = [.. replicas.Select(r => UnlessGoneAsync(r, act))];
        try
        {
            await Task.WhenAll(all).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e) when (all.Count > 1)
        {
            var why = all.Select(t => t.Exception?.InnerException?.Message).Zip(replicas, (message, replica) => (Message: message, replica.Name)).Where(f => f.Message is not null).ToList();
            throw new DistributedApplicationException(
                $"Command '{command}' failed for {why.Count} of {all.Count} replicas.{Environment.NewLine}{string.Join(Environment.NewLine, why.Select(f => $"{f.Name}: {f.Message}"))}", e);
        }
    }

    private static async Task UnlessGoneAsync(InstanceSupervisor replica, Func<InstanceSupervisor, Task> act)
    {
        try
        {
            await act(replica).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // A scale has taken it away meanwhile.
        }
    }

    private Task ChangeEndedAsync() => _change.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}

/// <summary>Makes what the orchestrator of one resource needs of its launches.</summary>
/// <param name="Make">Makes the supervisor of a replica, not started; it calls back with each snapshot.</param>
/// <param name="RenewLaunches">Has the AppHost's callbacks called anew for the next launches.</param>
/// <param name="Releases">What they are launched from.</param>
internal sealed record ReplicaMaker(Func<ReplicaIdentity, Action<InstanceSnapshot>, InstanceSupervisor> Make, Action RenewLaunches, SiteReleases Releases)
{
    /// <summary>Called when replicas were rolled and are ready.</summary>
    public Func<CancellationToken, Task> Rolled { get; init; } = _ => Task.CompletedTask;
}
