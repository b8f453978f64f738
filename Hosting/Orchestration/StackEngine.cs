using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Control;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Runs the stack: makes the plan, starts the resources in the order of their waits, and stops them in reverse.</summary>
internal sealed partial class StackEngine(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext execution,
    StackOptions options,
    IConfiguration configuration,
    IServiceProvider services,
    IDistributedApplicationEventing eventing,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers,
    TimeProvider time) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Stack.Engine");
    private readonly SnapshotBoard _board = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly List<Task> _loops = [];
    private readonly List<PosixSignalRegistration> _signals = [];
    private IReadOnlyList<ResourceOrchestrator> _resources = [];
    private StateFolder? _state;
    private StackPlan? _plan;
    private StackControl? _control;
    private ControlServer? _server;
    private bool _disposed;

    /// <summary>What comes before anything starts: state, keys, plan, free ports.</summary>
    /// <exception cref="DistributedApplicationException">The stack can't run; nothing was started.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _state = StateFolder.Open(options.StateFolder);

        // For what prepares files of its own before the start, as the gateway does.
        configuration["Stack:State"] = _state.Path;
        var secrets = _state.LoadSecrets();
        ExecutableResource? dashboard = null;
        if (!options.DisableDashboard)
        {
            configuration["AppHost:OtlpApiKey"] = secrets.OtlpApiKey;
            dashboard = DashboardResource.Create(configuration, options, _state, secrets);
            model.Resources.Add(dashboard);
        }

        _plan = new PlanMaker(FreePorts.Find, options.RandomizePorts).Make(model.Resources);
        PlanMaker.Publish(_plan);
        var access = dashboard is null ? null : DashboardResource.Access(dashboard, configuration, secrets);
        _control = new StackControl(options, access, lifetime.StopApplication, KillAll, time);
        await PortCheck.EnsureFreeAsync(_plan, time, cancellationToken).ConfigureAwait(false);
        foreach (var resource in _plan.Resources)
        {
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource.Resource, services), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_plan is null || _state is null || _control is null)
        {
            throw new InvalidOperationException("The engine was started before it was prepared.");
        }

        KeyRing.EnsureKey(_state.Keys, time);
        _resources = Build(_plan, _state);
        _control.Resources = _resources;
        _server = await ControlServer.StartAsync(options.RunFolder, _control, loggers, time, cancellationToken).ConfigureAwait(false);
        HandleSignals();
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
        foreach (var resource in _resources)
        {
            _loops.Add(RunAsync(resource));
        }

        _loops.Add(SummarizeAsync());
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var byResource = _resources.ToDictionary(r => r.Plan.Resource);
        foreach (var layer in StartOrder.StopLayers(byResource.Keys, r => r.Name == DashboardResource.Name))
        {
            await Task.WhenAll(layer.Select(r => StopAsync(byResource[r]))).ConfigureAwait(false);
        }

        LogStopped();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _signals.ForEach(s => s.Dispose());
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
        _state?.Dispose();
    }

    private List<ResourceOrchestrator> Build(StackPlan plan, StateFolder state)
    {
        var launcher = Launchers.Create(loggers);
        var slots = new StartSlots(Environment.ProcessorCount);
        var prober = new HttpProber();
        var names = plan.Resources.ToDictionary(r => r.Resource, r => (IReadOnlyList<string>)[.. r.Replicas.Select(i => i.Name)]);
        return [.. plan.Resources.Select(resource =>
        {
            var logger = loggers.CreateLogger($"Stack.{resource.Name}");
            var specs = new SpecFactory(resource, options, state, execution, logger);
            var gate = new DependencyGate(
                resource.Resource,
                _board,
                r => names.GetValueOrDefault(r, []),
                slots,
                token => eventing.PublishAsync(new BeforeResourceStartedEvent(resource.Resource, services), token),
                failWithDependency: options.DisableDashboard);
            return new ResourceOrchestrator(
                resource,
                [.. resource.Replicas.Select(replica => new InstanceSupervisor(specs.Create(replica), launcher, gate, prober, time, logger, s => Published(resource.Name, s)))]);
        })];
    }

    private void Published(string resource, InstanceSnapshot snapshot)
    {
        _board.Publish(snapshot);
        _control!.Changed(resource, snapshot);
    }

    private async Task RunAsync(ResourceOrchestrator resource)
    {
        try
        {
            await resource.StartAsync(_ended.Token).ConfigureAwait(false);
            await eventing.PublishAsync(new ResourceReadyEvent(resource.Plan.Resource, services), _ended.Token).ConfigureAwait(false);
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

    private async Task StopAsync(ResourceOrchestrator resource)
    {
        try
        {
            await resource.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            // The others are stopped all the same.
            LogNotStopped(resource.Name, e.Message);
        }
    }

    private async Task SummarizeAsync()
    {
        try
        {
            await _board.WaitAsync(IsSettled, _ended.Token).ConfigureAwait(false);
            var dashboard = _control!.Dashboard is { } access && !options.ShowLoginLink ? access with { LoginUrl = access.Url } : _control.Dashboard;
            StartSummary.Write(Console.Out, _control.GetStatus(), dashboard, "Ctrl+C stops everything.");
        }
        catch (OperationCanceledException)
        {
            // Stopped before everything had started.
        }
    }

    // Nothing is on its way any more: all run, or what does not has failed (what waits for that goes on waiting).
    private bool IsSettled()
    {
        var states = _resources.SelectMany(r => r.Replicas).Select(r => r.Current.State).ToList();
        var failed = states.Exists(s => s is InstanceState.Fatal or InstanceState.Exited);
        return states.TrueForAll(s => s is InstanceState.Running or InstanceState.Fatal or InstanceState.Exited or InstanceState.Backoff || (failed && s == InstanceState.Waiting));
    }

    private void KillAll()
    {
        foreach (var resource in _resources)
        {
            resource.Kill();
        }
    }

    private void HandleSignals()
    {
        // .NET's host turns the first Ctrl+C into an orderly stop; a second one while that goes on means: now.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                LogKilled();
                KillAll();
            }
        }));
        if (!OperatingSystem.IsWindows() && options.Development)
        {
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                lifetime.StopApplication();
            }));
        }
    }

    [LoggerMessage(3101, LogLevel.Error, "Resource '{Resource}' did not start: {Reason}")]
    private partial void LogNotStarted(string resource, string reason);

    [LoggerMessage(3102, LogLevel.Information, "Everything has stopped.")]
    private partial void LogStopped();

    [LoggerMessage(3104, LogLevel.Error, "Resource '{Resource}' did not stop: {Reason}")]
    private partial void LogNotStopped(string resource, string reason);

    [LoggerMessage(3103, LogLevel.Warning, "Interrupted again: ending all processes at once.")]
    private partial void LogKilled();
}
