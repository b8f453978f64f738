using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Orchestration;

public sealed class DependencyGateTests
{
    private readonly SnapshotBoard _board = new();
    private readonly List<string> _said = [];
    private int _raised;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitFor_waits_until_every_replica_is_healthy()
    {
        var entered = Enter((gate, site) => gate.WaitFor(site));

        Publish("site-8001", InstanceState.Running, InstanceHealth.Ready);
        entered.IsCompleted.ShouldBeFalse();
        Publish("site-8002", InstanceState.Running, InstanceHealth.Unknown);
        entered.IsCompleted.ShouldBeFalse();
        Publish("site-8002", InstanceState.Running, InstanceHealth.Ready);

        (await entered.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).Dispose();
        _said.ShouldBe(["waiting for 'site'", "waiting for a start slot"]);
        _raised.ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_waits_for_one_healthy_replica_only()
    {
        var entered = Enter((gate, site) => gate.WaitForAnyReplica(site));

        Publish("site-8001", InstanceState.Fatal, InstanceHealth.Unknown);
        entered.IsCompleted.ShouldBeFalse();
        Publish("site-8002", InstanceState.Running, InstanceHealth.Ready);

        (await entered.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).Dispose();
    }

    [Fact]
    public async Task WaitForStart_does_not_wait_for_health()
    {
        var entered = Enter((gate, site) => gate.WaitForStart(site));

        Publish("site-8001", InstanceState.Running, InstanceHealth.NotReady);
        Publish("site-8002", InstanceState.Running, InstanceHealth.Unknown);

        (await entered.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).Dispose();
    }

    [Fact]
    public async Task WaitForCompletion_waits_for_the_exit_code_it_names()
    {
        var entered = Enter((gate, site) => gate.WaitForCompletion(site, exitCode: 3));

        Publish("site-8001", InstanceState.Exited, InstanceHealth.Unknown, exitCode: 3);
        Publish("site-8002", InstanceState.Exited, InstanceHealth.Unknown, exitCode: 0);
        entered.IsCompleted.ShouldBeFalse();
        Publish("site-8002", InstanceState.Exited, InstanceHealth.Unknown, exitCode: 3);

        (await entered.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).Dispose();
    }

    [Fact]
    public async Task A_dependency_that_failed_for_good_fails_what_waits_for_it_when_nobody_could_mend_it()
    {
        var entered = Enter((gate, site) => gate.WaitFor(site), failWithDependency: true);

        Publish("site-8001", InstanceState.Fatal, InstanceHealth.Unknown);

        (await Should.ThrowAsync<DistributedApplicationException>(entered.WaitAsync(TimeSpan.FromSeconds(10), Cancelled))).Message.ShouldBe(
            "Resource 'gate' can't start: it waits for 'site', and replica 'site-8001' is Fatal.");
        _raised.ShouldBe(0);
    }

    [Fact]
    public async Task A_restart_waits_for_a_slot_alone()
    {
        var (gate, _) = Gate((g, site) => g.WaitFor(site), failWithDependency: false);

        (await gate.EnterAsync("gate", restart: true, _said.Add, Cancelled)).Dispose();

        _said.ShouldBe(["waiting for a start slot"]);
        _raised.ShouldBe(0);
    }

    [Fact]
    public async Task The_event_before_the_start_is_raised_once_for_all_replicas()
    {
        var (gate, _) = Gate((_, _) => { }, failWithDependency: false);

        (await gate.EnterAsync("gate-1", restart: false, _said.Add, Cancelled)).Dispose();
        (await gate.EnterAsync("gate-2", restart: false, _said.Add, Cancelled)).Dispose();

        _raised.ShouldBe(1);
    }

    private Task<IDisposable> Enter(Action<IResourceBuilder<ExecutableResource>, IResourceBuilder<IResource>> wait, bool failWithDependency = false)
        => Gate(wait, failWithDependency).Gate.EnterAsync("gate", restart: false, _said.Add, Cancelled);

    private (DependencyGate Gate, IResource Resource) Gate(Action<IResourceBuilder<ExecutableResource>, IResourceBuilder<IResource>> wait, bool failWithDependency)
    {
        var builder = Models.Empty();
        var gate = builder.AddExecutable("gate", "/bin/true", "/");
        wait(gate, builder.AddSite().WithReplicas(2).WithSequentialPorts(8001));
        string[] replicas = ["site-8001", "site-8002"];
        Task Raise(CancellationToken cancellationToken)
        {
            _raised++;
            return Task.CompletedTask;
        }

        return (new DependencyGate(gate.Resource, _board, _ => replicas, new StartSlots(1), Raise, failWithDependency), gate.Resource);
    }

    private void Publish(string replica, InstanceState state, InstanceHealth health, int? exitCode = null)
        => _board.Publish(new InstanceSnapshot { Name = replica, Index = 0, State = state, Health = health, Wanted = true, ExitCode = exitCode });
}
