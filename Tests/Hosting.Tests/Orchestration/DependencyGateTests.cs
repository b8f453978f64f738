using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class DependencyGateTests : IDisposable
{
    private readonly Notifications _world = new();
    private readonly List<string> _said = [];
    private int _raised;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task WaitFor_waits_until_every_replica_is_healthy_and_the_ready_handlers_are_done()
    {
        var handlers = new TaskCompletionSource();
        var entered = Enter((gate, site) => gate.WaitFor(site));

        await _world.Publish("site-8001", "Running", ready: handlers.Task);
        entered.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8002", "Running", HealthStatus.Unhealthy, ready: handlers.Task);
        entered.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8002", "Running", ready: handlers.Task);
        entered.IsCompleted.ShouldBeFalse();
        handlers.SetResult();

        (await entered.Within()).Dispose();
        _said.ShouldBe(["waiting for 'site'", "waiting for a start slot"]);
        _raised.ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_waits_for_one_healthy_replica_only()
    {
        var entered = Enter((gate, site) => gate.WaitForAnyReplica(site));

        await _world.Publish("site-8001", "FailedToStart");
        entered.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8002", "Running");

        (await entered.Within()).Dispose();
    }

    [Fact]
    public async Task WaitForStart_does_not_wait_for_health()
    {
        var entered = Enter((gate, site) => gate.WaitForStart(site));

        await _world.Publish("site-8001", "Running", HealthStatus.Unhealthy);
        await _world.Publish("site-8002", "Running", HealthStatus.Unhealthy);

        (await entered.Within()).Dispose();
    }

    [Fact]
    public async Task WaitForCompletion_waits_for_the_exit_code_it_names()
    {
        var entered = Enter((gate, site) => gate.WaitForCompletion(site, exitCode: 3));

        await _world.Publish("site-8001", "Finished", exitCode: 3);
        await _world.Publish("site-8002", "Finished", exitCode: 0);
        entered.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8002", "Finished", exitCode: 3);

        (await entered.Within()).Dispose();
    }

    [Theory]
    [InlineData("FailedToStart", null, "'site-8001' is FailedToStart.")]
    [InlineData("Finished", 1, "'site-8001' is Finished (exit code 1).")]
    [InlineData("Exited", 137, "'site-8001' is Exited (exit code 137).")]
    [InlineData("RuntimeUnhealthy", null, "'site-8001' is RuntimeUnhealthy.")]
    public async Task A_dependency_that_ended_or_failed_fails_the_start_when_the_behaviour_is_to_stop(string state, int? exitCode, string said)
    {
        var entered = Enter((gate, site) => gate.WaitFor(site, WaitBehavior.StopOnResourceUnavailable));

        await _world.Publish("site-8001", state, exitCode: exitCode);

        var error = await Should.ThrowAsync<DistributedApplicationException>(entered.Within());
        error.Message.ShouldBe($"Resource 'gate' can't start: it waits for 'site', and {said} Mend 'site', then start both again.");
        _raised.ShouldBe(0);
    }

    [Fact]
    public async Task A_wrong_exit_code_is_told_with_the_expected_one()
    {
        _world.DefaultBehavior = WaitBehavior.StopOnResourceUnavailable;
        var entered = Enter((gate, site) => gate.WaitForCompletion(site, exitCode: 2));

        await _world.Publish("site-8001", "Finished", exitCode: 1);

        var error = await Should.ThrowAsync<DistributedApplicationException>(entered.Within());
        error.Message.ShouldBe("Resource 'gate' can't start: it waits for 'site', and 'site-8001' is Finished (exit code 1); it should have ended with exit code 2. Mend 'site', then start both again.");
    }

    [Theory]
    [InlineData("Value missing: Parameters:site")]
    [InlineData("Value failed")]
    public async Task A_value_that_is_missing_fails_the_start_at_once_and_is_named(string state)
    {
        var entered = Enter((gate, site) => gate.WaitFor(site));

        await _world.Publish("site-8001", state);

        (await Should.ThrowAsync<DistributedApplicationException>(entered.Within())).Message
            .ShouldBe($"Resource 'gate' can't start: it waits for 'site', and 'site-8001' is {state}. Mend 'site', then start both again.");
    }

    [Fact]
    public async Task Without_that_it_waits_on_until_the_dependency_has_been_started_again()
    {
        var entered = Enter((gate, site) => gate.WaitFor(site));

        await _world.Publish("site-8001", "FailedToStart");
        await _world.Publish("site-8002", "Running");
        entered.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8001", "Running");

        (await entered.Within()).Dispose();
    }

    [Fact]
    public async Task A_restart_after_a_crash_waits_for_nothing_and_raises_no_event()
    {
        var gate = Gate((g, site) => g.WaitFor(site));

        (await gate.EnterAsync("gate", StartCause.Crash, _said.Add, Cancelled).Within()).Dispose();

        _raised.ShouldBe(0);
        _said.ShouldBe(["waiting for a start slot"]);
    }

    [Fact]
    public async Task A_start_that_ends_the_wait_raises_the_event_all_the_same()
    {
        var gate = Gate((g, site) => g.WaitFor(site));

        (await gate.EnterAsync("gate", StartCause.CommandAgain, _said.Add, Cancelled).Within()).Dispose();

        _raised.ShouldBe(1);
    }

    [Fact]
    public async Task Replicas_that_start_together_share_one_event_and_the_next_start_has_its_own()
    {
        var gate = Gate((_, _) => { });

        (await gate.EnterAsync("gate-1", StartCause.Command, _said.Add, Cancelled).Within()).Dispose();
        (await gate.EnterAsync("gate-2", StartCause.Command, _said.Add, Cancelled).Within()).Dispose();
        _raised.ShouldBe(1);

        (await gate.EnterAsync("gate-1", StartCause.Command, _said.Add, Cancelled).Within()).Dispose();
        _raised.ShouldBe(2);
    }

    [Fact]
    public async Task A_handler_that_throws_keeps_the_resource_from_starting_until_it_is_started_again()
    {
        var fails = true;
        var gate = Gate((_, _) => { }, () => fails ? throw new InvalidOperationException("not yet") : Task.CompletedTask);

        (await Should.ThrowAsync<InvalidOperationException>(gate.EnterAsync("gate", StartCause.Command, _said.Add, Cancelled).Within())).Message.ShouldBe("not yet");
        fails = false;

        (await gate.EnterAsync("gate", StartCause.Command, _said.Add, Cancelled).Within()).Dispose();
    }

    [Fact]
    public async Task A_wait_that_nobody_is_left_for_is_called_off_and_raises_no_event_later()
    {
        var gate = Gate((g, site) => g.WaitForStart(site));
        using var stop = new CancellationTokenSource();
        var entered = gate.EnterAsync("gate", StartCause.Command, _said.Add, stop.Token);

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(entered.Within());
        await _world.Publish("site-8001", "Running");
        await _world.Publish("site-8002", "Running");

        (await gate.EnterAsync("gate", StartCause.Command, _said.Add, Cancelled).Within()).Dispose();
        _raised.ShouldBe(1);
    }

    [Fact]
    public async Task Several_waits_run_at_once_and_are_named_as_long_as_they_last()
    {
        var builder = _world.Builder;
        var a = builder.AddExecutable("a", "/bin/true", "/");
        var b = builder.AddExecutable("b", "/bin/true", "/");
        var gate = Gate((g, _) => g.WaitForStart(a).WaitForStart(b));
        var entered = gate.EnterAsync("gate", StartCause.Command, _said.Add, Cancelled);

        await _world.Publish(b.Resource, "b", "Running");
        await _world.Publish(a.Resource, "a", "Running");

        (await entered.Within()).Dispose();
        _said[0].ShouldBe("waiting for 'a' and 'b'");
        _said[^1].ShouldBe("waiting for a start slot");
    }

    private Task<IDisposable> Enter(Action<IResourceBuilder<ExecutableResource>, IResourceBuilder<IResource>> wait)
        => Gate(wait).EnterAsync("gate", StartCause.Command, _said.Add, Cancelled);

    private DependencyGate Gate(Action<IResourceBuilder<ExecutableResource>, IResourceBuilder<IResource>> wait, Func<Task>? handler = null)
    {
        var gate = _world.Builder.AddExecutable("gate", "/bin/true", "/");
        wait(gate, _world.Site);
        return new DependencyGate(gate.Resource, _world.Service, new StartSlots(1), _ =>
        {
            Interlocked.Increment(ref _raised);
            return handler?.Invoke() ?? Task.CompletedTask;
        });
    }
}
