using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hosting.Tests.Publishing.Pipelines;

public sealed class PipelineTests
{
    private readonly ConcurrentQueue<string> _done = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_mode_runs_the_step_publish_and_what_it_needs_and_nothing_else()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("wanted", Note("wanted"), requiredBy: WellKnownPipelineSteps.Publish);
        builder.Pipeline.AddStep("other", Note("other"));

        await RunAsync(builder);

        _done.ShouldBe(["wanted"]);
    }

    [Theory]
    [InlineData("publish", "process-parameters publish-prereq publish")]
    [InlineData("publish-prereq", "process-parameters publish-prereq")]
    [InlineData("process-parameters", "process-parameters")]
    [InlineData("build", "process-parameters build-prereq build")]
    [InlineData("push", "process-parameters build-prereq build push-prereq push")]
    [InlineData("deploy", "process-parameters deploy-prereq deploy")]
    public async Task The_well_known_steps_come_in_their_order(string step, string expected)
    {
        var builder = Publishing("--step", step);
        foreach (var name in expected.Split(' '))
        {
            builder.Pipeline.AddStep($"before-{name}", Note(name), requiredBy: name);
        }

        // Each of the helpers comes after the well-known step before it, so that their order is that of the steps.
        builder.Pipeline.AddPipelineConfiguration(context =>
        {
            var names = expected.Split(' ');
            for (var i = 1; i < names.Length; i++)
            {
                context.Steps.Single(s => s.Name == $"before-{names[i]}").DependsOn(names[i - 1]);
            }

            return Task.CompletedTask;
        });

        await RunAsync(builder);

        _done.ShouldBe(expected.Split(' '));
    }

    [Theory]
    [InlineData("one")]
    [InlineData("several")]
    [InlineData("none")]
    public async Task AddStep_takes_one_name_or_several(string form)
    {
        var builder = Publishing("--step", "last");
        builder.Pipeline.AddStep("a", Note("a"));
        builder.Pipeline.AddStep("b", Note("b"), dependsOn: "a");
        object? after = form switch { "one" => "b", "several" => new[] { "a", "b" }, _ => null };
        builder.Pipeline.AddStep("last", Note("last"), dependsOn: after);

        await RunAsync(builder);

        _done.ShouldBe(form == "none" ? ["last"] : ["a", "b", "last"]);
    }

    [Fact]
    public async Task RequiredBy_takes_several_names_too()
    {
        var builder = Publishing("--step", "b");
        builder.Pipeline.AddStep("a", Note("a"));
        builder.Pipeline.AddStep("b", Note("b"));
        builder.Pipeline.AddStep("first", Note("first"), requiredBy: new List<string> { "a", "b" });

        await RunAsync(builder);

        _done.ShouldBe(["first", "b"]);
    }

    [Theory]
    [InlineData(true, "dependsOn")]
    [InlineData(false, "requiredBy")]
    public void AddStep_refuses_what_is_no_name(bool before, string parameter)
    {
        var pipeline = Publishing().Pipeline;

        var error = Should.Throw<ArgumentException>(() => pipeline.AddStep("a", Note("a"), before ? 5 : null, before ? null : 5));

        error.Message.ShouldBe($"Give the name of a step, or several as a sequence of strings; this is a Int32. (Parameter '{parameter}')");
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("publish")]
    [InlineData("publish-manifest")]
    public void A_second_step_of_the_same_name_is_refused_at_once(string name)
    {
        var pipeline = Publishing().Pipeline;
        if (name == "mine")
        {
            pipeline.AddStep(name, Note(name));
        }

        Should.Throw<InvalidOperationException>(() => pipeline.AddStep(name, Note(name)))
            .Message.ShouldBe($"The pipeline has a step '{name}' already. Give one of them another name.");
    }

    [Fact]
    public async Task A_step_has_the_model_the_services_and_a_log()
    {
        var builder = Publishing("--step", "look");
        builder.AddSite();
        PipelineStepContext? seen = null;
        builder.Pipeline.AddStep("look", context =>
        {
            seen = context;
            return Task.CompletedTask;
        });

        await RunAsync(builder);

        seen!.Model.Resources.Single().Name.ShouldBe("site");
        seen.ExecutionContext.IsPublishMode.ShouldBeTrue();
        seen.Services.ShouldBeSameAs(seen.PipelineContext.Services);
        seen.Logger.ShouldNotBeNull();
        seen.ReportingStep.ShouldNotBeNull();
    }

    [Fact]
    public async Task Steps_of_resources_belong_to_them()
    {
        var builder = Publishing();
        var site = builder.AddSite().WithPipelineStepFactory(context => new PipelineStep
        {
            Name = $"{context.Resource.Name}-step",
            Action = Note("site"),
            RequiredBySteps = [WellKnownPipelineSteps.Publish],
            Tags = ["mine"],
        });
        List<PipelineStep> found = [];
        builder.Pipeline.AddPipelineConfiguration(context =>
        {
            found.AddRange(context.GetSteps(site.Resource));
            found.AddRange(context.GetSteps("mine"));
            found.AddRange(context.GetSteps(site.Resource, "mine"));
            context.GetSteps("other").ShouldBeEmpty();
            context.GetSteps(site.Resource, "other").ShouldBeEmpty();
            return Task.CompletedTask;
        });

        await RunAsync(builder);

        _done.ShouldBe(["site"]);
        found.Select(s => s.Name).ShouldBe(["site-step", "site-step", "site-step"]);
        found[0].Resource.ShouldBeSameAs(site.Resource);
    }

    [Fact]
    public async Task Each_form_of_a_step_factory_adds_its_steps()
    {
        var builder = Publishing();
        builder.AddSite()
            .WithPipelineStepFactory(_ => Step("one"))
            .WithPipelineStepFactory(_ => Task.FromResult(Step("two")))
            .WithPipelineStepFactory(_ => (IEnumerable<PipelineStep>)[Step("three"), Step("four")])
            .WithPipelineStepFactory(_ => Task.FromResult<IEnumerable<PipelineStep>>([Step("five")]));

        await RunAsync(builder);

        _done.ShouldBe(["one", "two", "three", "four", "five"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_resource_may_change_the_dependencies_of_all_steps(bool asynchronous)
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("late", Note("late"), requiredBy: WellKnownPipelineSteps.Publish);
        builder.Pipeline.AddStep("early", Note("early"));
        void Change(PipelineConfigurationContext context) => context.Steps.Where(s => s.Name == "late").DependsOn("early");
        var site = builder.AddSite();
        _ = asynchronous
            ? site.WithPipelineConfiguration(context =>
            {
                Change(context);
                return Task.CompletedTask;
            })
            : site.WithPipelineConfiguration(Change);

        await RunAsync(builder);

        _done.ShouldBe(["early", "late"]);
    }

    [Fact]
    public async Task Independent_steps_run_at_the_same_time()
    {
        var builder = Publishing();
        var (one, other) = (new TaskCompletionSource(), new TaskCompletionSource());
        builder.Pipeline.AddStep("one", _ => Meet(one, other), requiredBy: "publish");
        builder.Pipeline.AddStep("other", _ => Meet(other, one), requiredBy: "publish");

        await RunAsync(builder);

        static Task Meet(TaskCompletionSource mine, TaskCompletionSource theirs)
        {
            mine.SetResult();
            return theirs.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        }
    }

    [Fact]
    public async Task A_failed_step_fails_the_run_and_keeps_those_after_it_from_running()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("broken", _ => throw new IOException("The disk is full."));
        builder.Pipeline.AddStep("after", Note("after"), dependsOn: "broken", requiredBy: "publish");

        var error = await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder));

        error.Message.ShouldBe($"Step 'broken' failed: The disk is full.{Environment.NewLine}Not run because of that: 'after', 'publish'.");
        error.InnerException.ShouldBeOfType<IOException>();
        _done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failed_step_does_not_keep_others_from_running()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("broken", _ => throw new IOException("The disk is full."), requiredBy: "publish");
        builder.Pipeline.AddStep("other", Note("other"), requiredBy: "publish");

        await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder));

        _done.ShouldBe(["other"]);
    }

    [Fact]
    public async Task All_failures_are_in_the_one_message()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("one", _ => throw new IOException("First."), requiredBy: "publish");
        builder.Pipeline.AddStep("two", _ => Task.FromException(new InvalidOperationException("Second.")), requiredBy: "publish");

        var error = await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder));

        error.Message.ShouldBe(string.Join(Environment.NewLine, "Step 'one' failed: First.", "Step 'two' failed: Second.", "Not run because of that: 'publish'."));
        error.InnerException.ShouldBeOfType<AggregateException>().InnerExceptions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Details_of_a_failure_are_shown_when_asked_for()
    {
        var builder = Publishing("--Pipeline:IncludeExceptionDetails=true");
        builder.Pipeline.AddStep("broken", _ => throw new IOException("The disk is full."), requiredBy: "publish");

        var error = await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder));

        error.Message.ShouldContain("System.IO.IOException: The disk is full.");
        error.Message.ShouldContain(nameof(Details_of_a_failure_are_shown_when_asked_for));
    }

    [Theory]
    [InlineData("a", "b", "These steps depend on each other in a circle: 'a' -> 'b' -> 'a'. Remove one of the dependencies.")]
    [InlineData("nowhere", "a", "Step 'a' depends on step 'nowhere', which does not exist. Add that step, or correct the name.")]
    public async Task A_pipeline_that_makes_no_sense_fails_with_one_message(string first, string second, string message)
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("a", Note("a"), dependsOn: first == "a" ? "b" : first, requiredBy: "publish");
        builder.Pipeline.AddStep("b", Note("b"), dependsOn: second == "b" ? "a" : null);

        var error = await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder));

        error.Message.ShouldBe(message);
        error.InnerException.ShouldBeOfType<InvalidOperationException>();
        _done.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_pipeline_itself_reports_such_a_fault_as_an_invalid_operation()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("a", Note("a"), dependsOn: "nowhere");
        await using var app = builder.Build();
        var context = new PipelineContext(
            app.Services.GetRequiredService<DistributedApplicationModel>(), builder.ExecutionContext, app.Services, app.Services.GetRequiredService<ILogger<PipelineTests>>(), Cancelled);

        await Should.ThrowAsync<InvalidOperationException>(() => builder.Pipeline.ExecuteAsync(context));
    }

    [Fact]
    public async Task An_unknown_step_on_the_command_line_is_answered_with_the_known_ones()
        => (await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(Publishing("--step", "shine"))))
            .Message.ShouldStartWith("There is no step 'shine'. Use --step with one of: 'build', 'build-prereq', 'deploy',");

    [Fact]
    public async Task The_events_of_publishing_come_around_the_steps()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("step", Note("step"), requiredBy: "publish");
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) => Noted("before start"));
        builder.Eventing.Subscribe<BeforePublishEvent>((e, _) => Noted($"before publish of {e.Model.Resources.Count}"));
        builder.Eventing.Subscribe<AfterPublishEvent>((e, _) => Noted($"after publish of {e.Model.Resources.Count}"));
        builder.AddSite();

        await RunAsync(builder);

        _done.ShouldBe(["before start", "before publish of 1", "step", "after publish of 1"]);
    }

    [Fact]
    public async Task A_handler_that_throws_before_publishing_keeps_the_steps_from_running()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("step", Note("step"), requiredBy: "publish");
        builder.Eventing.Subscribe<BeforePublishEvent>((_, _) => throw new InvalidOperationException("Not today."));

        (await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder))).Message.ShouldBe("Not today.");

        _done.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_failure_there_is_no_event_that_says_it_was_published()
    {
        var builder = Publishing();
        builder.Pipeline.AddStep("broken", _ => throw new IOException("The disk is full."), requiredBy: "publish");
        builder.Eventing.Subscribe<AfterPublishEvent>((_, _) => Noted("after publish"));

        await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(builder));

        _done.ShouldBeEmpty();
    }

    [Fact]
    public async Task In_run_mode_the_pipeline_is_there_and_does_not_run()
    {
        var builder = Models.Empty();
        builder.Pipeline.AddStep("step", Note("step"), requiredBy: "publish");

        await using var app = builder.Build();

        app.Services.GetRequiredService<IDistributedApplicationPipeline>().ShouldBeSameAs(builder.Pipeline);
        _done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_is_cancelled_ends_and_says_so()
    {
        var builder = Publishing();
        var running = new TaskCompletionSource();
        builder.Pipeline.AddStep("long", context =>
        {
            running.SetResult();
            return Task.Delay(Timeout.Infinite, context.CancellationToken);
        }, requiredBy: "publish");
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);
        await running.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        await app.StopAsync(Cancelled);

        var publish = app.Services.GetRequiredService<Stack.Hosting.Publishing.PublishHost>();
        (await Should.ThrowAsync<DistributedApplicationException>(() => publish.Completion)).Message.ShouldBe("Publishing was interrupted before it was done. Run it again.");
    }

    [Theory]
    [InlineData("--step", "build", "build", null)]
    [InlineData("--output-path", "out", "publish", "out")]
    public async Task The_switches_fill_the_options(string name, string value, string step, string? path)
    {
        await using var app = Publishing(name, value).Build();

        var options = app.Services.GetRequiredService<IOptions<PipelineOptions>>().Value;

        options.Step.ShouldBe(step);
        options.OutputPath.ShouldBe(path);
        options.ClearCache.ShouldBeFalse();
        options.IncludeExceptionDetails.ShouldBeFalse();
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("info", LogLevel.Information)]
    [InlineData("information", LogLevel.Information)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("crit", LogLevel.Critical)]
    [InlineData("critical", LogLevel.Critical)]
    [InlineData("chatty", LogLevel.Information)]
    [InlineData(null, LogLevel.Information)]
    public void The_log_level_has_these_names(string? name, LogLevel level) => Stack.Hosting.Building.PublishServices.LevelOf(name).ShouldBe(level);

    private static IDistributedApplicationBuilder Publishing(params string[] args) => Models.Empty(["--operation", "publish", .. args]);

    private static Task RunAsync(IDistributedApplicationBuilder builder) => builder.Build().RunAsync(Cancelled).WaitAsync(TimeSpan.FromMinutes(1), Cancelled);

    private Func<PipelineStepContext, Task> Note(string name) => _ => Noted(name);

    private Task Noted(string what)
    {
        _done.Enqueue(what);
        return Task.CompletedTask;
    }

    private PipelineStep Step(string name) => new() { Name = name, Action = Note(name), RequiredBySteps = [WellKnownPipelineSteps.Publish] };
}
