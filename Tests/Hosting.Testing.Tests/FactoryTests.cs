using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Testing;

namespace Hosting.Testing.Tests;

public sealed class FactoryTests : IDisposable
{
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    [Trait("kind", "process")]
    public async Task A_started_factory_calls_its_methods_in_order_and_gives_addresses()
    {
        await using var factory = new Observed(_seen, args =>
        {
            var builder = DistributedApplication.CreateBuilder(args);
            builder.AddExecutable("tool", "/bin/true", "/").WithHttpEndpoint(targetPort: 4321).WithExplicitStart();
            builder.AddConnectionString("db", ReferenceExpression.Create($"Server=here"));
            _seen.Enqueue("declared");
            builder.Build().Run();
            _seen.Enqueue("ran");
        }, $"--Stack:State={_temp.Path}");

        await factory.StartAsync(Cancelled).Within();

        _seen.ShouldBe(["creating", "created with 0", "declared", "building with 2", "built"]);
        factory.GetEndpoint("tool").Scheme.ShouldBe("http");
        using var client = factory.CreateHttpClient("tool", "http");
        client.BaseAddress.ShouldBe(factory.GetEndpoint("tool"));
        (await factory.GetConnectionString("db")).ShouldBe("Server=here");
    }

    [Theory]
    [InlineData("client")]
    [InlineData("endpoint")]
    [InlineData("connection string")]
    public async Task A_factory_that_was_not_started_says_so(string what)
    {
        await using var factory = new DistributedApplicationFactory(typeof(Projects.AppHost));

        Should.Throw<InvalidOperationException>(() => _ = what switch
        {
            "client" => (object)factory.CreateHttpClient("site"),
            "endpoint" => factory.GetEndpoint("site"),
            _ => factory.GetConnectionString("site").AsTask(),
        }).Message.ShouldBe("The application has not been started. Call StartAsync first.");
    }

    [Fact]
    public async Task A_disposed_factory_starts_no_more()
    {
        var factory = new DistributedApplicationFactory(typeof(Projects.AppHost), []);
        await factory.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => factory.StartAsync(Cancelled));
        factory.Dispose();
    }

    [Fact]
    public async Task A_method_of_the_factory_may_change_how_the_builder_is_made()
    {
        await using var factory = new Observed(_seen, args => DistributedApplication.CreateBuilder(args).Build().Run())
        {
            Creating = (options, settings) =>
            {
                options.DisableDashboard.ShouldBeTrue("the defaults are in place");
                options.ProjectDirectory = _temp.Path;
                settings.EnvironmentName = "Staging";
            },
        };

        var builder = await factory.ReachBuildAsync(Cancelled).Within();

        builder.AppHostDirectory.ShouldBe(_temp.Path);
        builder.Environment.EnvironmentName.ShouldBe("Staging");
    }

    [Fact]
    public async Task A_program_that_throws_before_it_builds_fails_the_start_with_that_error()
    {
        await using var factory = new Observed(_seen, _ => throw new FormatException("no such colour"));

        (await Should.ThrowAsync<FormatException>(() => factory.StartAsync(Cancelled).Within())).Message.ShouldBe("no such colour");
    }

    [Fact]
    public async Task A_program_that_ends_without_building_fails_the_start()
    {
        await using var factory = new Observed(_seen, args => DistributedApplication.CreateBuilder(args));

        (await Should.ThrowAsync<InvalidOperationException>(() => factory.StartAsync(Cancelled).Within()))
            .Message.ShouldBe("The program of 'Observed' ended without building an application.");
    }

    [Fact]
    public async Task A_program_that_never_builds_ends_in_a_timeout_that_says_so()
    {
        using var end = new ManualResetEventSlim();
        await using var run = new EntryPointRun(new EntryPointProgram("Endless", _ => end.Wait(Cancelled)), [], new Nobody(), TimeSpan.FromMilliseconds(50));

        var error = await Should.ThrowAsync<InvalidOperationException>(() => run.Suspended.Within());

        error.Message.ShouldBe(
            "The program of 'Endless' did not call Build() within 0.05 s. Does it wait for something before that? DOTNET_HOST_FACTORY_RESOLVER_DEFAULT_TIMEOUT_IN_SECONDS sets the limit.");
        end.Set();
    }

    [Fact]
    public async Task Arguments_hold_even_if_the_program_does_not_hand_them_on()
    {
        await using var factory = new Observed(_seen, _ => DistributedApplication.CreateBuilder().Build().Run(), "--Mine", "yes", "--operation", "publish");

        var builder = await factory.ReachBuildAsync(Cancelled).Within();

        builder.Configuration["Mine"].ShouldBe("yes");
        builder.ExecutionContext.IsPublishMode.ShouldBeTrue();
    }

    [Fact]
    public async Task Arguments_that_the_program_hands_on_are_not_doubled()
    {
        string[]? arguments = null;
        await using var factory = new Observed(_seen, args => DistributedApplication.CreateBuilder(args).Build().Run(), "--clear-cache")
        {
            Creating = (_, settings) => arguments = settings.Args,
        };

        await factory.ReachBuildAsync(Cancelled).Within();

        arguments.ShouldBe(["--clear-cache"]);
    }

    [Fact]
    public async Task A_program_that_is_let_go_runs_its_finally_and_nothing_else()
    {
        var factory = new Observed(_seen, args =>
        {
            try
            {
                DistributedApplication.CreateBuilder(args).Build().Run();
                _seen.Enqueue("ran");
            }
            finally
            {
                _seen.Enqueue("finally");
            }
        });
        await factory.ReachBuildAsync(Cancelled).Within();

        await factory.DisposeAsync();

        _seen.ShouldContain("finally");
        _seen.ShouldNotContain("ran");
        _seen.ShouldNotContain("built");
    }

    [Fact]
    public async Task A_program_that_catches_everything_is_tested_all_the_same()
    {
        await using var factory = new Observed(_seen, args =>
        {
            try
            {
                DistributedApplication.CreateBuilder(args).Build().Run();
            }
            catch (Exception e)
            {
                _seen.Enqueue(e.GetType().Name);
            }
        });
        await factory.ReachBuildAsync(Cancelled).Within();

        (await factory.BuildAsync(Cancelled).Within()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Programs_that_run_at_the_same_time_keep_their_builders()
    {
        using var together = new Barrier(2);
        Observed[] factories = [.. new[] { "one", "two" }.Select(name => new Observed(new(), args =>
        {
            var builder = DistributedApplication.CreateBuilder(args);
            together.SignalAndWait(Wait.Patience, Cancelled);
            builder.AddExecutable(name, "/bin/true", "/");
            builder.Build().Run();
        }))];

        var builders = await Task.WhenAll(factories.Select(f => f.ReachBuildAsync(Cancelled))).Within();

        builders.Select(b => b.Resources.Single().Name).ShouldBe(["one", "two"]);
        foreach (var factory in factories)
        {
            factory.Seen.ShouldBe(["creating", "created with 0", "building with 1"]);
            await factory.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_builder_of_the_tests_own_is_nobody_elses()
    {
        await using var factory = new Observed(_seen, args => DistributedApplication.CreateBuilder(args).Build().Run());
        await factory.ReachBuildAsync(Cancelled).Within();

        await using var other = DistributedApplicationTestingBuilder.Create();
        await using var app = await other.BuildAsync(Cancelled);

        _seen.ShouldBe(["creating", "created with 0", "building with 0"]);
        app.Services.GetRequiredService<DistributedApplicationModel>().Resources.ShouldBeEmpty();
    }

    private sealed class Observed(ConcurrentQueue<string> seen, Action<string[]> program, params string[] args) : DistributedApplicationFactory(typeof(FactoryTests), args)
    {
        public ConcurrentQueue<string> Seen => seen;

        public Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? Creating { get; init; }

        internal override EntryPointProgram Program() => new(nameof(Observed), program);

        protected override void OnBuilderCreating(DistributedApplicationOptions applicationOptions, HostApplicationBuilderSettings hostOptions)
        {
            seen.Enqueue("creating");
            Creating?.Invoke(applicationOptions, hostOptions);
        }

        protected override void OnBuilderCreated(DistributedApplicationBuilder applicationBuilder) => seen.Enqueue($"created with {applicationBuilder.Resources.Count}");

        protected override void OnBuilding(DistributedApplicationBuilder applicationBuilder) => seen.Enqueue($"building with {applicationBuilder.Resources.Count}");

        protected override void OnBuilt(DistributedApplication application) => seen.Enqueue("built");
    }

    private sealed class Nobody : IAppHostObserver
    {
        public void BuilderCreating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
        {
        }
    }
}
