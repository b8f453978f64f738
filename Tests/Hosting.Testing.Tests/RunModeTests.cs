using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Testing;

namespace Hosting.Testing.Tests;

/// <summary>Models of several resources, run with real processes.</summary>
[Trait("kind", "process")]
public sealed class RunModeTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Notes => Path.Combine(_temp.Path, "notes");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_events_of_a_resource_come_in_their_order()
    {
        await using var builder = Builder();
        ConcurrentQueue<string> seen = [];
        Note<BeforeStartEvent>(builder, seen);
        Note<AfterResourcesCreatedEvent>(builder, seen);
        var web = Serve(builder, "web")
            .OnResourceEndpointsAllocated((r, _, _) => Add(seen, $"{r.Name} allocated {r.GetEndpoint("http").IsAllocated}"))
            .OnInitializeResource((r, _, _) => Add(seen, $"{r.Name} initialized"))
            .OnBeforeResourceStarted((r, _, _) => Add(seen, $"{r.Name} starting"))
            .OnResourceReady((r, _, _) => Add(seen, $"{r.Name} ready"))
            .OnResourceStopped((r, e, _) => Add(seen, $"{r.Name} stopped {e.ResourceEvent.Snapshot.State!.Text}"));
        await using (var app = await builder.BuildAsync(Cancelled))
        {
            await app.StartAsync(Cancelled);
            var healthy = await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Cancelled).Within();

            healthy.Snapshot.HealthReports.Single().Description.ShouldBe("answered 200");
            using var client = app.CreateHttpClient("web");
            (await client.GetAsync(new Uri("/health", UriKind.Relative), Cancelled)).IsSuccessStatusCode.ShouldBeTrue();
            await app.StopAsync(Cancelled);
        }

        // Nobody waits for the handlers of initialization: they may come a little later.
        seen.Where(s => !s.EndsWith("initialized", StringComparison.Ordinal)).ShouldBe(
            ["BeforeStartEvent", "web allocated True", "AfterResourcesCreatedEvent", "web starting", "web ready", "web stopped Finished"]);
        seen.ShouldContain("web initialized");
        web.Resource.ShouldNotBeNull();
    }

    [Fact]
    public async Task Resources_start_in_the_order_of_their_waits_and_stop_in_reverse()
    {
        await using var builder = Builder();
        var seed = builder.AddExecutable("seed", "/bin/sh", "/", "-c", $"echo seeded >> {Notes}");
        var api = Shell(builder, "api").WaitForCompletion(seed);
        var web = Shell(builder, "web").WaitFor(api);
        Shell(builder, "gate").WaitForStart(web);
        await using (var app = await builder.BuildAsync(Cancelled))
        {
            await app.StartAsync(Cancelled);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("gate", Cancelled).Within();
            await app.StopAsync(Cancelled);
        }

        (await File.ReadAllLinesAsync(Notes, Cancelled)).ShouldBe(["seeded", "api up", "web up", "gate up", "gate down", "web down", "api down"]);
    }

    [Fact]
    public async Task A_custom_resource_starts_itself_and_its_child_is_in_its_state()
    {
        await using var builder = Builder();
        var parent = builder.AddResource(new Custom("queue"))
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Queue", Properties = [], State = KnownResourceStates.NotStarted })
            .OnInitializeResource(async (resource, e, token) =>
            {
                await e.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, e.Services), token);
                await e.Notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running });
            });
        builder.AddResource(new Child("topic", parent.Resource));
        var worker = Shell(builder, "worker").WaitFor(parent);
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("worker", Cancelled).Within();
        await app.ResourceNotifications.WaitForResourceAsync("topic", KnownResourceStates.Running, Cancelled).Within();

        app.ResourceNotifications.TryGetCurrentState("topic", out var topic).ShouldBeTrue();
        topic!.Snapshot.Properties.ShouldContain(p => p.Name == "resource.parentName" && Equals(p.Value, "queue"));
        app.ResourceNotifications.TryGetCurrentState("worker", out var started).ShouldBeTrue();
        started!.Snapshot.Relationships.ShouldContain(new RelationshipSnapshot("queue", "WaitFor"));
        worker.Resource.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_started_by_hand_obeys_its_commands()
    {
        await using var builder = Builder();
        Shell(builder, "tool").WithExplicitStart();
        Shell(builder, "other");
        await using var app = await builder.BuildAsync(Cancelled);
        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("other", Cancelled).Within();
        app.ResourceNotifications.TryGetCurrentState("tool", out var before).ShouldBeTrue();
        before!.Snapshot.State!.Text.ShouldBe(KnownResourceStates.NotStarted);
        before.Snapshot.Commands.Select(c => (c.Name, c.State)).ShouldBe(
            [("start", ResourceCommandState.Enabled), ("stop", ResourceCommandState.Hidden), ("restart", ResourceCommandState.Disabled)]);

        (await app.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.StartCommand, Cancelled)).Success.ShouldBeTrue();
        var first = Pid(app, "tool");
        (await app.ResourceCommands.ExecuteCommandAsync("tool", "resource-restart", Cancelled)).Success.ShouldBeTrue();
        var second = Pid(app, "tool");
        (await app.ResourceCommands.ExecuteCommandAsync("tool", "stop", Cancelled)).Success.ShouldBeTrue();

        first.ShouldNotBeNull();
        second.ShouldNotBe(first);
        app.ResourceNotifications.TryGetCurrentState("tool", out var after);
        after!.Snapshot.State!.Text.ShouldBe(KnownResourceStates.Finished);
    }

    [Fact]
    public async Task A_start_whose_handler_throws_fails_and_so_does_what_waits_for_it()
    {
        await using var builder = Builder();
        var broken = Shell(builder, "broken").OnBeforeResourceStarted((_, _, _) => throw new InvalidOperationException("no database"));
        Shell(builder, "dependent").WaitFor(broken);
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);

        await app.ResourceNotifications.WaitForResourceAsync("dependent", KnownResourceStates.FailedToStart, Cancelled).Within();
        Reason(app, "broken").ShouldBe("no database");
        Reason(app, "dependent").ShouldBe("Resource 'dependent' can't start: it waits for 'broken', and 'broken' is FailedToStart. Mend 'broken', then start both again.");
        File.Exists(Notes).ShouldBeFalse("nothing was started");
    }

    [Fact]
    public async Task A_health_check_of_the_AppHosts_own_decides_when_a_resource_is_healthy()
    {
        await using var builder = Builder();
        var healthy = false;
        builder.Services.AddHealthChecks().AddCheck("own", () => healthy ? HealthCheckResult.Healthy("at last") : HealthCheckResult.Unhealthy("not yet"));
        var checkedOne = Shell(builder, "checked").WithHealthCheck("own");
        Shell(builder, "dependent").WaitFor(checkedOne);
        await using var app = await builder.BuildAsync(Cancelled);
        await app.StartAsync(Cancelled);

        var sick = await app.ResourceNotifications.WaitForResourceAsync("checked", e => e.Snapshot.HealthReports.Any(r => r.Description == "not yet"), Cancelled).Within();
        sick.Snapshot.HealthStatus.ShouldBe(HealthStatus.Unhealthy);
        app.ResourceNotifications.TryGetCurrentState("dependent", out var waiting);
        waiting!.Snapshot.State!.Text.ShouldBe(KnownResourceStates.Waiting);
        healthy = true;

        await app.ResourceNotifications.WaitForResourceHealthyAsync("dependent", Cancelled).Within();
    }

    [Fact]
    public async Task What_a_process_writes_is_the_log_of_its_resource()
    {
        await using var builder = Builder();
        var talker = builder.AddExecutable("talker", "/bin/sh", "/", "-c", "echo out; echo err >&2");
        await using var app = await builder.BuildAsync(Cancelled);
        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceAsync("talker", KnownResourceStates.Finished, Cancelled).Within();

        List<string> lines = [];
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(talker.Resource))
        {
            lines.AddRange(batch.Select(l => l.Content[(l.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }

        lines.ShouldBe(["out", "err"]);
    }

    [Fact]
    public async Task The_logs_of_resources_go_into_the_AppHosts_own_log_when_it_asks_for_them()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create([$"--Stack:State={Path.Combine(_temp.Path, "state")}"], (options, _) => options.EnableResourceLogging = true);
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        builder.Services.AddSingleton<ILoggerProvider>(new Listener($"{builder.Environment.ApplicationName}.Resources.talker", said));
        builder.AddExecutable("talker", "/bin/sh", "/", "-c", "echo 'heard by all'; exec sleep 60");
        await using var app = await builder.BuildAsync(Cancelled);

        await app.StartAsync(Cancelled);

        (await said.Task.Within()).ShouldEndWith("heard by all");
    }

    private static async Task Add(ConcurrentQueue<string> seen, string what)
    {
        await Task.Yield();
        seen.Enqueue(what);
    }

    private static void Note<T>(IDistributedApplicationBuilder builder, ConcurrentQueue<string> seen)
        where T : IDistributedApplicationEvent => builder.Eventing.Subscribe<T>((_, _) => Add(seen, typeof(T).Name));

    private static object? Pid(DistributedApplication app, string name) => Property(app, name, "executable.pid");

    private static object? Reason(DistributedApplication app, string name) => Property(app, name, "stack.reason");

    private static object? Property(DistributedApplication app, string name, string property)
    {
        app.ResourceNotifications.TryGetCurrentState(name, out var found).ShouldBeTrue();
        return found!.Snapshot.Properties.Single(p => p.Name == property).Value;
    }

    private static IResourceBuilder<ExecutableResource> Serve(IDistributedApplicationBuilder builder, string name)
    {
        var web = builder.AddExecutable(name, ActorProgram.Path, "/", "serve").WithHttpEndpoint(env: "WEB_PORT").WithHttpHealthCheck("/health");
        foreach (var (key, value) in ActorProgram.Environment)
        {
            web.WithEnvironment(key, value);
        }

        return web.WithArgs(context => context.Args.Add(web.GetEndpoint("http").Property(EndpointProperty.TargetPort)));
    }

    private IDistributedApplicationTestingBuilder Builder() => DistributedApplicationTestingBuilder.Create($"--Stack:State={Path.Combine(_temp.Path, "state")}");

    private IResourceBuilder<ExecutableResource> Shell(IDistributedApplicationBuilder builder, string name)
        => builder.AddExecutable(name, "/bin/sh", "/", "-c", $"echo {name} up >> {Notes}; trap 'echo {name} down >> {Notes}; exit 0' TERM; while :; do sleep 0.1; done");

    private sealed class Listener(string category, TaskCompletionSource<string> said) : ILoggerProvider, ILogger
    {
        private bool _isMine;

        public ILogger CreateLogger(string categoryName) => new Listener(category, said) { _isMine = categoryName == category };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => _isMine;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (_isMine)
            {
                said.TrySetResult(formatter(state, exception));
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class Custom(string name) : Resource(name), IResourceWithWaitSupport;

    private sealed class Child(string name, Custom parent) : Resource(name), IResourceWithParent<Custom>
    {
        public Custom Parent { get; } = parent;
    }
}
