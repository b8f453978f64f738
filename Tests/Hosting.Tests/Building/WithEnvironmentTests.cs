using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

public sealed class WithEnvironmentTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty("Parameters:key=k e y", "ConnectionStrings:orders=Server=db");

    [Fact]
    public async Task A_text_is_set_as_it_is_and_null_as_empty()
    {
        var environment = await _builder.AddTool().WithEnvironment("A", "a").WithEnvironment("B", (string?)null).EnvironmentAsync();

        environment.ShouldBe(new Dictionary<string, string> { ["A"] = "a", ["B"] = "" }, ignoreOrder: true);
    }

    [Fact]
    public async Task The_last_one_wins()
        => (await _builder.AddTool().WithEnvironment("A", "a").WithEnvironment("A", "b").EnvironmentAsync())["A"].ShouldBe("b");

    [Fact]
    public async Task Names_differ_by_case()
        => (await _builder.AddTool().WithEnvironment("a", "1").WithEnvironment("A", "2").EnvironmentAsync()).Count.ShouldBe(2);

    [Fact]
    public async Task An_interpolated_string_keeps_its_values_until_the_start()
    {
        var key = _builder.AddParameter("key");
        var tool = _builder.AddTool().WithEnvironment("A", $"<{key}>").WithEnvironment("B", $"<{key.Resource:uri}>");

        var environment = await tool.EnvironmentAsync();

        environment["A"].ShouldBe("<k e y>");
        environment["B"].ShouldBe("<k%20e%20y>");
        tool.Resource.ReferencesOf().ShouldBe(["key"]);
    }

    [Fact]
    public async Task An_interpolated_string_without_values_is_a_text()
    {
        var number = 5.ToString();

        (await _builder.AddTool().WithEnvironment("A", $"n={number}").EnvironmentAsync())["A"].ShouldBe("n=5");
    }

    [Fact]
    public async Task An_expression_is_evaluated_at_the_start()
    {
        var tool = _builder.AddTool().WithEnvironment("A", ReferenceExpression.Create($"{_builder.AddParameter("key")}!"));

        (await tool.EnvironmentAsync())["A"].ShouldBe("k e y!");
        tool.Resource.ReferencesOf().ShouldBe(["key"]);
    }

    [Fact]
    public async Task A_function_is_called_at_each_start()
    {
        var calls = 0;
        var tool = _builder.AddTool().WithEnvironment("A", () => $"{++calls}");

        (await tool.EnvironmentAsync())["A"].ShouldBe("1");
        (await tool.EnvironmentAsync())["A"].ShouldBe("2");
    }

    [Fact]
    public async Task An_endpoint_is_its_url_and_is_a_reference()
    {
        var api = _builder.AddTool("api").WithHttpEndpoint().Allocated("http", 5000);
        var tool = _builder.AddTool().WithEnvironment("A", api.GetEndpoint("http")).WithEnvironment("B", api.GetEndpoint("http").Property(EndpointProperty.Port));

        var environment = await tool.EnvironmentAsync();

        environment["A"].ShouldBe("http://localhost:5000");
        environment["B"].ShouldBe("5000");
        tool.Resource.ReferencesOf().ShouldBe(["api"]);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_declared_is_named()
    {
        var api = _builder.AddTool("api").WithHttpEndpoint();

        (await _builder.AddTool().WithEnvironment("A", api.GetEndpoint("admin")).ConfigurationAsync()).Exception.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe(
            "The resource 'api' has no endpoint 'admin'. Declare it, or use one of: 'http'.");
    }

    [Fact]
    public async Task A_parameter_is_its_value_and_is_a_reference()
    {
        var key = _builder.AddParameter("key", secret: true);
        var tool = _builder.AddTool().WithEnvironment("A", key).WithEnvironment("B", key.Resource).WithEnvironment(name: "C", parameter: key);

        (await tool.EnvironmentAsync()).Values.ShouldAllBe(v => v == "k e y");
        tool.Resource.ReferencesOf().ShouldBe(["key"], "it is shown once");
    }

    [Fact]
    public async Task A_connection_string_is_its_value_and_is_a_reference()
    {
        var tool = _builder.AddTool().WithEnvironment(envVarName: "A", resource: _builder.AddConnectionString("orders"));

        (await tool.EnvironmentAsync())["A"].ShouldBe("Server=db");
        tool.Resource.ReferencesOf().ShouldBe(["orders"]);
    }

    [Fact]
    public async Task A_connection_string_without_a_value_is_an_error()
        => (await _builder.AddTool().WithEnvironment("A", _builder.AddConnectionString("none", ReferenceExpression.Empty)).ConfigurationAsync()).Exception!.Message.ShouldBe(
            "The connection string of resource 'none' has no value. Give it one, or refer to it with optional: true.");

    [Fact]
    public async Task A_value_of_ones_own_is_evaluated_for_its_consumer()
    {
        var tool = _builder.AddTool().WithEnvironment("A", new NameOfConsumer());

        (await tool.EnvironmentAsync())["A"].ShouldBe("tool");
    }

    [Fact]
    public async Task A_callback_may_wait()
    {
        var tool = _builder.AddTool().WithEnvironment(async context =>
        {
            await Task.Yield();
            context.EnvironmentVariables["A"] = "late";
        });

        (await tool.EnvironmentAsync())["A"].ShouldBe("late");
    }

    [Fact]
    public async Task Callbacks_may_set_builders_and_values()
    {
        var key = _builder.AddParameter("key");
        var api = _builder.AddTool("api").WithHttpEndpoint().Allocated("http", 5000);
        var tool = _builder.AddTool().WithEnvironment(context =>
        {
            context.EnvironmentVariables["A"] = key;
            context.EnvironmentVariables["B"] = api.GetEndpoint("http").Property(EndpointProperty.HostAndPort);
        });

        var environment = await tool.EnvironmentAsync();

        environment["A"].ShouldBe("k e y");
        environment["B"].ShouldBe("localhost:5000");
    }

    [Fact]
    public void A_resource_does_not_refer_to_itself()
    {
        var tool = _builder.AddTool().WithHttpEndpoint();
        tool.WithEnvironment("SELF", tool.GetEndpoint("http"));

        tool.Resource.ReferencesOf().ShouldBeEmpty();
    }

    [Fact]
    public async Task Arguments_may_be_texts_values_and_builders()
    {
        var key = _builder.AddParameter("key");
        var api = _builder.AddTool("api").WithHttpEndpoint().Allocated("http", 5000);
        var tool = _builder.AddTool().WithArgs("--a", "b").WithArgs("--key", key, "--url", api.GetEndpoint("http"), ReferenceExpression.Create($"x={key}"));

        (await tool.ArgumentsAsync()).ShouldBe(["--a", "b", "--key", "k e y", "--url", "http://localhost:5000", "x=k e y"]);
        tool.Resource.ReferencesOf().ShouldBe(["key", "api"]);
    }

    [Fact]
    public async Task Arguments_may_be_changed_by_a_later_callback()
    {
        var tool = _builder.AddTool().WithArgs("a", "b").WithArgs(context => context.Args.Remove("a")).WithArgs(async context =>
        {
            await Task.Yield();
            context.Args.Add("c");
        });

        (await tool.ArgumentsAsync()).ShouldBe(["b", "c"]);
    }

    [Fact]
    public async Task An_executable_gets_the_arguments_it_was_added_with_first()
        => (await _builder.AddExecutable("echo", "/bin/echo", "/", "one", "two").WithArgs("three").ArgumentsAsync()).ShouldBe(["one", "two", "three"]);

    private sealed class NameOfConsumer : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => "{consumer}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>("nobody");

        public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) => ValueTask.FromResult(context.Caller?.Name);
    }
}
