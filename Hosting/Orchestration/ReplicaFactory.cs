using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Injection;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Makes the supervisors of a plan's replicas, none of them started.</summary>
internal sealed class ReplicaFactory(
    StackOptions options,
    DistributedApplicationExecutionContext execution,
    ResourceNotificationService notifications,
    LifecycleEvents events,
    ContainerRuntime containers,
    IProcessLauncher launcher,
    ILoggerFactory loggers,
    TimeProvider time)
{
    /// <param name="stack">The plan and its folder.</param>
    /// <param name="surroundings">What is told of changes, after the AppHost's code.</param>
    public IReadOnlyList<ResourceOrchestrator> Create(PreparedStack stack, IStackSurroundings surroundings)
    {
        var slots = new StartSlots(Environment.ProcessorCount);
        var prober = new InstanceProber();
        return [.. stack.Plan.Resources.Select(resource =>
        {
            var logger = loggers.CreateLogger($"Stack.{resource.Name}");
            var releases = stack.Releases[resource.Name];
            var injector = SiteInjector.For(resource.Resource, options, logger);
            if (injector is not null)
            {
                events.OnReady(resource.Resource, injector.CheckAsync);
            }

            var specs = new SpecFactory(resource, options, stack.State, execution, containers, notifications, releases.Targets, injector, logger);
            var gate = new DependencyGate(resource.Resource, notifications, slots, token => events.BeforeResourceStartAsync(resource.Resource, token));
            var maker = new ReplicaMaker(
                (replica, published) => new InstanceSupervisor(specs.Create(replica, request => Tell(resource, replica.Name, request)), launcher, gate, prober, time, logger, snapshot =>
                {
                    Tell(resource, snapshot);
                    published(snapshot);
                })
                {
                    Alerted = text => surroundings.Alert(resource.Name, replica.Name, text),
                },
                specs.RenewLaunches,
                releases)
            {
                Rolled = injector is null ? _ => Task.CompletedTask : injector.CheckAsync,
            };
            return new ResourceOrchestrator(resource, maker, surroundings, time, logger);
        })];
    }

    private void Tell(ResourcePlan plan, string replica, LaunchRequest request)
        => _ = notifications.PublishUpdateAsync(plan.Resource, replica, before => ReplicaSnapshots.Launching(before, request));

    private void Tell(ResourcePlan plan, InstanceSnapshot replica)
        => _ = notifications.PublishUpdateAsync(
            plan.Resource, replica.Name, before => ReplicaSnapshots.Map(before, replica, plan.Resource is ContainerResource, time.GetUtcNow().UtcDateTime));
}
