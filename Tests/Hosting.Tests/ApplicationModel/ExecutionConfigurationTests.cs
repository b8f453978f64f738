using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Hosting.Tests.ApplicationModel;

public sealed class ExecutionConfigurationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callbacks_run_in_the_order_they_were_added_and_anew_each_time()
    {
        var calls = 0;
        var tool = Models.Empty().AddTool()
            .WithEnvironment("A", "first")
            .WithEnvironment(context => context.EnvironmentVariables["A"] = $"{context.EnvironmentVariables["A"]}, {++calls}")
            .WithArgs("one")
            .WithArgs(context => context.Args.Insert(0, "zero"));

        (await tool.EnvironmentAsync())["A"].ShouldBe("first, 1");
        (await tool.EnvironmentAsync())["A"].ShouldBe("first, 2");
        (await tool.ArgumentsAsync()).ShouldBe(["zero", "one"]);
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_run()
    {
        var ran = new List<string>();
        var tool = Models.Empty().AddTool().WithEnvironment(_ => ran.Add("environment")).WithArgs(_ => ran.Add("arguments"));

        await ExecutionConfigurationBuilder.Create(tool.Resource).WithArgumentsConfig().BuildAsync(tool.ApplicationBuilder.ExecutionContext, cancellationToken: Cancelled);
        ran.ShouldBe(["arguments"]);

        await ExecutionConfigurationBuilder.Create(tool.Resource).WithEnvironmentVariablesConfig().WithEnvironmentVariablesConfig()
            .BuildAsync(tool.ApplicationBuilder.ExecutionContext, cancellationToken: Cancelled);
        ran.ShouldBe(["arguments", "environment"]);
    }

    [Fact]
    public async Task Callbacks_know_resource_mode_and_log()
    {
        var log = new Testing.RecordingLogger();
        var builder = Models.Empty();
        var tool = builder.AddTool();
        tool.WithEnvironment(context =>
        {
            context.Resource.ShouldBe(tool.Resource);
            context.ExecutionContext.ShouldBe(builder.ExecutionContext);
            context.Logger.ShouldBe(log);
        }).WithArgs(context =>
        {
            context.Resource.ShouldBe(tool.Resource);
            context.ExecutionContext.ShouldBe(builder.ExecutionContext);
            context.Logger.ShouldBe(log);
        });

        var configuration = await ExecutionConfigurationBuilder.Create(tool.Resource).WithArgumentsConfig().WithEnvironmentVariablesConfig()
            .BuildAsync(builder.ExecutionContext, log, Cancelled);

        configuration.Exception.ShouldBeNull();
    }

    [Theory]
    [InlineData(42, "42")]
    [InlineData(1.5, "1.5")]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    [InlineData("text", "text")]
    public async Task Plain_values_become_text_that_does_not_depend_on_the_culture(object value, string expected)
    {
        var tool = Models.Empty().AddTool().WithEnvironment(context => context.EnvironmentVariables["A"] = value).WithArgs(value);

        (await tool.EnvironmentAsync())["A"].ShouldBe(expected);
        (await tool.ArgumentsAsync()).ShouldBe([expected]);
    }

    [Fact]
    public async Task A_value_that_turns_out_to_be_null_is_left_out()
    {
        var tool = Models.Empty().AddTool().WithEnvironment("A", ReferenceExpression.Empty).WithEnvironment("B", "b").WithArgs("x", ReferenceExpression.Empty, "y");

        (await tool.EnvironmentAsync()).Keys.ShouldBe(["B"]);
        (await tool.ArgumentsAsync()).ShouldBe(["x", "y"]);
    }

    [Fact]
    public async Task Secrets_and_what_is_made_of_them_are_marked()
    {
        var builder = Models.Empty("Parameters:key=k", "Parameters:open=o", "ConnectionStrings:db=d");
        var key = builder.AddParameter("key", secret: true);
        var open = builder.AddParameter("open");
        var db = builder.AddConnectionString("db");
        var nested = ReferenceExpression.CreateConditional(open.Resource, "o", ReferenceExpression.Create($"{key}"), ReferenceExpression.Empty);

        var tool = builder.AddTool().WithArgs("plain", key, open, db, ReferenceExpression.Create($"x{key}"), ReferenceExpression.Create($"x{open}"), nested);

        (await tool.ConfigurationAsync()).Arguments.ShouldBe(
            [("plain", false), ("k", true), ("o", false), ("d", true), ("xk", true), ("xo", false), ("k", true)]);
    }

    [Fact]
    public async Task What_was_set_is_there_beside_its_text()
    {
        var builder = Models.Empty("Parameters:key=k");
        var key = builder.AddParameter("key", secret: true);

        var configuration = await builder.AddTool().WithEnvironment("A", key).WithArgs(key.Resource).ConfigurationAsync();

        configuration.EnvironmentVariablesWithUnprocessed.Single().ShouldBe(new("A", (key.Resource, "k")));
        configuration.ArgumentsWithUnprocessed.Single().ShouldBe((key.Resource, "k", true));
    }

    [Fact]
    public async Task References_are_found_through_expressions_and_each_is_there_once()
    {
        var builder = Models.Empty("Parameters:key=k");
        var key = builder.AddParameter("key");
        var api = builder.AddTool("api").WithHttpEndpoint().Allocated("http", 80);
        var expression = ReferenceExpression.Create($"{api.GetEndpoint("http")}?{key}");

        var configuration = await builder.AddTool().WithEnvironment("A", expression).WithArgs(key, key.Resource, "text").ConfigurationAsync();

        configuration.References.OfType<IResource>().ShouldBe([key.Resource, api.Resource], ignoreOrder: true);
        configuration.References.ShouldContain(expression);
        configuration.References.ShouldNotContain("text");
    }

    [Fact]
    public async Task What_can_not_be_evaluated_is_missing_and_the_exception_tells_why()
    {
        var builder = Models.Empty();
        var missing = builder.AddParameter("key");

        var configuration = await builder.AddTool().WithEnvironment("A", missing).WithEnvironment("B", "b").WithEnvironment("C", missing).ConfigurationAsync();

        configuration.EnvironmentVariables.ShouldBe([new("B", "b")]);
        configuration.Exception.ShouldBeOfType<MissingParameterValueException>().Message.ShouldStartWith("The parameter 'key' has no value.");
    }

    [Fact]
    public async Task Several_failures_are_reported_together()
    {
        var builder = Models.Empty();

        var configuration = await builder.AddTool().WithEnvironment("A", builder.AddParameter("one")).WithArgs(builder.AddParameter("two")).ConfigurationAsync();

        configuration.Exception.ShouldBeOfType<AggregateException>().InnerExceptions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task When_publishing_values_are_placeholders_and_nothing_is_read()
    {
        var builder = Models.Empty("--operation", "publish");
        var key = builder.AddParameter("key", secret: true);
        var api = builder.AddTool("api").WithHttpEndpoint();

        var tool = builder.AddTool()
            .WithEnvironment("KEY", key).WithEnvironment("API", $"{api.GetEndpoint("http")}/{key:uri}").WithEnvironment("DB", builder.AddConnectionString("db"))
            .WithArgs(key, "x");

        var environment = await tool.EnvironmentAsync();
        environment["KEY"].ShouldBe("{key.value}");
        environment["API"].ShouldBe("{api.bindings.http.url}/{key.value}");
        environment["DB"].ShouldBe("{db.connectionString}");
        (await tool.ArgumentsAsync()).ShouldBe(["{key.value}", "x"]);
    }

    [Fact]
    public async Task A_gatherer_of_ones_own_adds_variables_arguments_and_data()
    {
        var tool = Models.Empty().AddTool().WithEnvironment("A", "a");

        var configuration = await ExecutionConfigurationBuilder.Create(tool.Resource).WithEnvironmentVariablesConfig().AddExecutionConfigurationGatherer(new Gatherer())
            .BuildAsync(tool.ApplicationBuilder.ExecutionContext, cancellationToken: Cancelled);

        configuration.EnvironmentVariables.ShouldBe([new("A", "a"), new("B", "a, too")]);
        configuration.Arguments.Single().Value.ShouldBe("tool");
        configuration.TryGetAdditionalData<Data>(out var data).ShouldBeTrue();
        data!.Text.ShouldBe("found");
        configuration.TryGetAdditionalData<OtherData>(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_callback_that_throws_fails_the_build()
    {
        var tool = Models.Empty().AddTool().WithEnvironment(_ => throw new InvalidDataException("no banner"));

        (await Should.ThrowAsync<InvalidDataException>(() => tool.ConfigurationAsync())).Message.ShouldBe("no banner");
    }

    [Fact]
    public async Task A_project_has_the_port_of_its_first_replica_where_it_is_known()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithEnvironment("API", "x");

        var environment = await site.EnvironmentAsync();

        environment["OTEL_RESOURCE_ATTRIBUTES"].ShouldBe("service.instance.id=site");
        environment["API"].ShouldBe("x");
    }

    [Fact]
    public void A_context_without_a_resource_says_so()
    {
        Should.Throw<InvalidOperationException>(() => new CommandLineArgsCallbackContext([], Cancelled).Resource).Message.ShouldBe("This context was made without a resource.");
        Should.Throw<InvalidOperationException>(() => new EnvironmentCallbackContext(new(DistributedApplicationOperation.Run), cancellationToken: Cancelled).Resource).Message
            .ShouldBe("This context was made without a resource.");
    }

    [Fact]
    public async Task Annotations_can_be_made_from_a_dictionary_or_for_one_variable()
    {
        var tool = Models.Empty().AddTool()
            .WithAnnotation(new EnvironmentCallbackAnnotation((Dictionary<string, object> variables) => variables["A"] = "a"))
            .WithAnnotation(new EnvironmentCallbackAnnotation("B", () => "b"))
            .WithAnnotation(new CommandLineArgsCallbackAnnotation((IList<object> args) => args.Add("c")));

        (await tool.EnvironmentAsync()).ShouldBe(new Dictionary<string, string> { ["A"] = "a", ["B"] = "b" }, ignoreOrder: true);
        (await tool.ArgumentsAsync()).ShouldBe(["c"]);
        tool.Resource.TryGetEnvironmentVariables(out var callbacks).ShouldBeTrue();
        callbacks!.Count().ShouldBe(2);
    }

#pragma warning disable CS0618 // the old ways still work
    [Fact]
    public async Task The_old_methods_give_the_same()
    {
        var builder = Models.Empty("Parameters:key=k");
        var key = builder.AddParameter("key", secret: true);
        var tool = builder.AddTool().WithEnvironment("A", key).WithArgs("x", key).Resource;

        (await tool.GetEnvironmentVariableValuesAsync()).ShouldBe(new Dictionary<string, string> { ["A"] = "k" });
        (await tool.GetEnvironmentVariableValuesAsync(DistributedApplicationOperation.Publish)).ShouldBe(new Dictionary<string, string> { ["A"] = "{key.value}" });
        (await tool.GetArgumentValuesAsync()).ShouldBe(["x", "k"]);

        List<(object?, string?, bool)> arguments = [];
        await tool.ProcessArgumentValuesAsync(builder.ExecutionContext, (value, text, error, sensitive) => arguments.Add((value, text, sensitive)), new Testing.RecordingLogger(), Cancelled);
        arguments.ShouldBe([("x", "x", false), (key, "k", true)]);

        List<(string, object?, string?)> variables = [];
        await tool.ProcessEnvironmentVariableValuesAsync(builder.ExecutionContext, (name, value, text, error) => variables.Add((name, value, text)), new Testing.RecordingLogger(), Cancelled);
        variables.ShouldBe([("A", key.Resource, "k")]);
    }

    [Fact]
    public async Task The_old_methods_throw_what_went_wrong()
    {
        var builder = Models.Empty();
        var tool = builder.AddTool().WithEnvironment("A", builder.AddParameter("key")).Resource;

        await Should.ThrowAsync<MissingParameterValueException>(async () => await tool.GetEnvironmentVariableValuesAsync());

        Exception? seen = null;
        await tool.ProcessEnvironmentVariableValuesAsync(builder.ExecutionContext, (_, _, text, error) => seen = text is null ? error : null, new Testing.RecordingLogger(), Cancelled);
        seen.ShouldBeOfType<MissingParameterValueException>();
    }
#pragma warning restore CS0618

    private sealed record Data(string Text) : IExecutionConfigurationData;

    private sealed record OtherData : IExecutionConfigurationData;

    private sealed class Gatherer : IExecutionConfigurationGatherer
    {
        public ValueTask GatherAsync(
            IExecutionConfigurationGathererContext context, IResource resource, ILogger resourceLogger, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken = default)
        {
            context.EnvironmentVariables["B"] = $"{context.EnvironmentVariables["A"]}, too";
            context.Arguments.Add(resource.Name);
            context.AddAdditionalData(new Data("found"));
            return ValueTask.CompletedTask;
        }
    }
}
