using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Testing;

namespace Hosting.Tests.Observation;

public sealed class ResourceNotificationServiceTests : IDisposable
{
    private readonly Notifications _world = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private ResourceNotificationService Service => _world.Service;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task An_update_of_a_resource_changes_the_snapshot_of_every_replica()
    {
        await Service.PublishUpdateAsync(_world.Site.Resource, s => s with { State = "Odd" });

        Service.TryGetCurrentState("site-8001", out var first).ShouldBeTrue();
        Service.TryGetCurrentState("SITE-8002", out var second).ShouldBeTrue();
        first!.Snapshot.State!.Text.ShouldBe("Odd");
        first.ResourceId.ShouldBe("site-8001");
        second!.Resource.ShouldBeSameAs(_world.Site.Resource);
    }

    [Fact]
    public async Task An_update_of_one_replica_leaves_the_others()
    {
        await _world.Publish("site-8001", "Running");

        Service.TryGetCurrentState("site-8002", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_name_of_a_resource_finds_its_state_only_if_it_has_one_instance()
    {
        var one = _world.Builder.AddExecutable("one", "/bin/true", "/");
        await Service.PublishUpdateAsync(one.Resource, s => s with { State = "Running" });
        await Service.PublishUpdateAsync(_world.Site.Resource, s => s with { State = "Running" });

        Service.TryGetCurrentState("one", out var found).ShouldBeTrue();
        found!.ResourceId.ShouldBe("one");
        Service.TryGetCurrentState("site", out _).ShouldBeFalse();
        Service.TryGetCurrentState("nobody", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Each_snapshot_of_an_id_has_the_next_number()
    {
        await _world.Publish("site-8001", "Starting");
        await _world.Publish("site-8001", "Running");
        await _world.Publish("site-8002", "Starting");

        Service.TryGetCurrentState("site-8001", out var first);
        Service.TryGetCurrentState("site-8002", out var second);
        first!.Snapshot.Version.ShouldBe(2);
        second!.Snapshot.Version.ShouldBe(1);
    }

    [Fact]
    public async Task The_first_snapshot_of_a_custom_resource_is_the_one_it_was_given()
    {
        var custom = _world.Builder.AddResource(new Custom("thing"))
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Thing", Properties = [new("size", 3)], State = "Asleep" });

        await Service.PublishUpdateAsync(custom.Resource, s => s with { ExitCode = 4 });

        Service.TryGetCurrentState("thing", out var found);
        found!.Snapshot.ResourceType.ShouldBe("Thing");
        found.Snapshot.State!.Text.ShouldBe("Asleep");
        found.Snapshot.Properties.Single().Value.ShouldBe(3);
        found.Snapshot.ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_watcher_gets_the_last_snapshot_of_each_id_and_then_every_change()
    {
        await _world.Publish("site-8001", "Starting");
        await _world.Publish("site-8001", "Running");
        await _world.Publish("site-8002", "Starting");
        List<string> seen = [];
        var three = new TaskCompletionSource();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var watching = Task.Run(
            async () =>
            {
                await foreach (var change in Service.WatchAsync(stop.Token))
                {
                    seen.Add($"{change.ResourceId} {change.Snapshot.State!.Text}");
                    if (seen.Count == 2)
                    {
                        await _world.Publish("site-8002", "Running");
                    }
                    else if (seen.Count == 3)
                    {
                        three.SetResult();
                    }
                }
            },
            Cancelled);
        await three.Task.Within();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(watching.Within());
        seen.ShouldBe(["site-8001 Running", "site-8002 Starting", "site-8002 Running"]);
    }

    [Fact]
    public async Task Changes_from_many_threads_are_told_once_each_and_in_order()
    {
        var custom = _world.Builder.AddResource(new Custom("thing"));
        List<long> versions = [];
        var watching = Task.Run(
            async () =>
            {
                await foreach (var change in Service.WatchAsync(Cancelled))
                {
                    versions.Add(change.Snapshot.Version);
                    if (change.Snapshot.Version == 400)
                    {
                        return;
                    }
                }
            },
            Cancelled);

        await Service.PublishUpdateAsync(custom.Resource, s => s);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 133; i++)
                {
                    await Service.PublishUpdateAsync(custom.Resource, s => s with { ExitCode = (s.ExitCode ?? 0) + 1 });
                }
            },
            Cancelled)));
        await watching.Within();

        versions.ShouldBe(versions.Order());
        versions.ShouldBeUnique();
        versions[^1].ShouldBe(400);
        Service.TryGetCurrentState("thing", out var last);
        last!.Snapshot.ExitCode.ShouldBe(399);
    }

    [Fact]
    public async Task WaitForResource_completes_at_once_when_the_state_is_there_already()
    {
        await _world.Publish("site-8001", "Running");

        await Service.WaitForResourceAsync("SITE", cancellationToken: Cancelled).Within();
        (await Service.WaitForResourceAsync("site", ["Finished", "running"], Cancelled).Within()).ShouldBe("Running");
    }

    [Fact]
    public async Task WaitForResource_waits_for_the_state_or_the_condition()
    {
        var finished = Service.WaitForResourceAsync("site", KnownResourceStates.Finished, Cancelled);
        var second = Service.WaitForResourceAsync("site", e => e.ResourceId == "site-8002", Cancelled);
        var replica = Service.WaitForResourceAsync("site-8002", KnownResourceStates.Running, Cancelled);

        await _world.Publish("site-8001", "Finished");
        await finished.Within();
        second.IsCompleted.ShouldBeFalse();
        replica.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8002", "Running");

        (await second.Within()).Snapshot.State!.Text.ShouldBe("Running");
        await replica.Within();
    }

    [Fact]
    public async Task A_wait_that_is_ended_names_the_resource_and_what_was_awaited()
    {
        await _world.Publish("site-8001", "Starting");
        using var stop = new CancellationTokenSource();
        var wait = Service.WaitForResourceAsync("site", ["Running", "Finished"], stop.Token);
        var healthy = Service.WaitForResourceHealthyAsync("nobody", stop.Token);

        await stop.CancelAsync();

        (await Record.ExceptionAsync(() => wait)).ShouldBeAssignableTo<OperationCanceledException>()!.Message
            .ShouldBe("The wait for resource 'site' to be in state 'Running' or 'Finished' was ended. Last seen: 'site-8001' Starting.");
        (await Record.ExceptionAsync(() => healthy)).ShouldBeAssignableTo<OperationCanceledException>()!.Message
            .ShouldBe("The wait for resource 'nobody' to be running and healthy was ended. Last seen: nothing of that name.");
    }

    [Fact]
    public async Task The_stop_of_the_application_ends_the_waits_but_not_the_watches()
    {
        var wait = Service.WaitForResourceAsync("site", "Running", Cancelled);

        _world.Lifetime.StopApplication();

        (await Record.ExceptionAsync(() => wait)).ShouldBeAssignableTo<OperationCanceledException>()!.Message.ShouldContain("the application is stopping");
        await _world.Publish("site-8001", "Finished");
        await foreach (var change in Service.WatchAsync(Cancelled))
        {
            change.Snapshot.State!.Text.ShouldBe("Finished");
            break;
        }
    }

    [Fact]
    public async Task Healthy_means_running_healthy_and_the_ready_handlers_done()
    {
        var handlers = new TaskCompletionSource();
        var wait = Service.WaitForResourceHealthyAsync("site", Cancelled);

        await _world.Publish("site-8001", "Running", HealthStatus.Unhealthy, ready: handlers.Task);
        await _world.Publish("site-8001", "Running", HealthStatus.Healthy, ready: handlers.Task);
        wait.IsCompleted.ShouldBeFalse();
        handlers.SetResult();

        (await wait.Within()).ResourceId.ShouldBe("site-8001");
    }

    [Fact]
    public async Task A_wait_for_health_gives_up_only_when_it_is_to()
    {
        var stops = Service.WaitForResourceHealthyAsync("site", WaitBehavior.StopOnResourceUnavailable, Cancelled);
        var waits = Service.WaitForResourceHealthyAsync("site", WaitBehavior.WaitOnResourceUnavailable, Cancelled);

        await _world.Publish("site-8001", "Exited", exitCode: 9);
        (await Should.ThrowAsync<DistributedApplicationException>(stops.Within())).Message
            .ShouldBe("Resource 'site' can't become healthy any more: 'site-8001' is Exited (exit code 9). Its log says why.");
        await _world.Publish("site-8001", "Running");

        await waits.Within();
    }

    [Fact]
    public async Task WaitForDependencies_puts_a_resource_that_is_starting_into_Waiting()
    {
        var custom = _world.Builder.AddResource(new Custom("thing")).WaitFor(_world.Site);
        await Service.PublishUpdateAsync(custom.Resource, s => s with { State = KnownResourceStates.Starting });

        var wait = Service.WaitForDependenciesAsync(custom.Resource, Cancelled);
        await Service.WaitForResourceAsync("thing", KnownResourceStates.Waiting, Cancelled).Within();
        await _world.Publish("site-8001", "Running");
        wait.IsCompleted.ShouldBeFalse();
        await _world.Publish("site-8002", "Running");

        await wait.Within();
    }

    [Fact]
    public async Task WaitForDependencies_leaves_other_states_alone_and_is_done_at_once_without_waits()
    {
        var custom = _world.Builder.AddResource(new Custom("thing"));
        await Service.PublishUpdateAsync(custom.Resource, s => s with { State = KnownResourceStates.Running });

        await Service.WaitForDependenciesAsync(custom.Resource, Cancelled).Within();

        Service.TryGetCurrentState("thing", out var found);
        found!.Snapshot.State!.Text.ShouldBe("Running");
    }

    [Fact]
    public async Task A_wait_is_noted_in_the_log_of_the_resource()
    {
        var custom = _world.Builder.AddResource(new Custom("thing")).WaitForStart(_world.Site);
        await _world.Publish("site-8001", "Running");
        await _world.Publish("site-8002", "Running");

        await Service.WaitForDependenciesAsync(custom.Resource, Cancelled).Within();

        List<string> lines = [];
        await foreach (var batch in _world.Logs.GetAllAsync(custom.Resource))
        {
            lines.AddRange(batch.Select(l => l.Content[(l.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }

        lines.ShouldBe(["Waiting for resource 'site' (WaitUntilStarted).", "Finished waiting for resource 'site'."]);
    }

    [Fact]
    public async Task Commands_icon_and_relationships_are_filled_in_with_every_snapshot()
    {
        var custom = _world.Builder.AddResource(new Custom("thing"))
            .WithIconName("Box", IconVariant.Regular)
            .WithReferenceRelationship(_world.Site)
            .WithCommand("poke", "Poke", _ => Task.FromResult(CommandResults.Success()), new CommandOptions
            {
                Description = "Pokes it.",
                UpdateState = c => c.ResourceSnapshot.State?.Text == "Running" ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            });

        await Service.PublishUpdateAsync(custom.Resource, s => s with { State = "Starting" });
        Service.TryGetCurrentState("thing", out var before);
        await Service.PublishUpdateAsync(custom.Resource, s => s with { State = "Running" });
        Service.TryGetCurrentState("thing", out var after);

        before!.Snapshot.Commands.Single().State.ShouldBe(ResourceCommandState.Disabled);
        after!.Snapshot.Commands.Single().ShouldBe(new ResourceCommandSnapshot("poke", ResourceCommandState.Enabled, "Poke", "Pokes it.", null, null, null, null, false));
        after.Snapshot.IconName.ShouldBe("Box");
        after.Snapshot.IconVariant.ShouldBe(IconVariant.Regular);
        after.Snapshot.Relationships.ShouldBe([new RelationshipSnapshot("site", "Reference")]);
    }

    [Theory]
    [InlineData("Running", new int[0], HealthStatus.Healthy)]
    [InlineData("Running", new[] { 2, 2 }, HealthStatus.Healthy)]
    [InlineData("Running", new[] { 2, 1 }, HealthStatus.Degraded)]
    [InlineData("Running", new[] { 2, 0, 1 }, HealthStatus.Unhealthy)]
    [InlineData("Running", new[] { 2, -1 }, HealthStatus.Unhealthy)]
    [InlineData("Starting", new[] { 2 }, null)]
    [InlineData("Finished", new int[0], null)]
    public void Health_is_the_worst_report_while_it_runs_and_a_missing_one_counts_as_unhealthy(string state, int[] reports, HealthStatus? expected)
    {
        var snapshot = new CustomResourceSnapshot
        {
            ResourceType = "Thing",
            Properties = [],
            State = state,
            HealthReports = [.. reports.Select((r, i) => new HealthReportSnapshot($"{i}", r < 0 ? null : (HealthStatus)r, null, null))],
        };

        snapshot.HealthStatus.ShouldBe(expected);
    }

    private sealed class Custom(string name) : Resource(name), IResourceWithWaitSupport;
}
