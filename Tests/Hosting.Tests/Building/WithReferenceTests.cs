using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

public sealed class WithReferenceTests
{
    private readonly IDistributedApplicationBuilder _builder = Models.Empty();

    [Fact]
    public async Task Each_endpoint_is_handed_over_in_both_spellings()
    {
        var api = Api("my-api", ("http", "http", 5000), ("https", "https", 5001), ("admin", "http", 5002));
        var tool = _builder.AddTool().WithReference(api);

        (await tool.EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string>
            {
                ["services__my-api__http__0"] = "http://localhost:5000",
                ["services__my-api__https__0"] = "https://localhost:5001",
                ["services__my-api__http__1"] = "http://localhost:5002",
                ["MY_API_HTTP"] = "http://localhost:5000",
                ["MY_API_HTTPS"] = "https://localhost:5001",
                ["MY_API_ADMIN"] = "http://localhost:5002",
            },
            ignoreOrder: true);
        tool.Resource.ReferencesOf().ShouldBe(["my-api"]);
        tool.Resource.Annotations.OfType<WaitAnnotation>().ShouldBeEmpty("a reference does not wait");
    }

    [Fact]
    public async Task Another_name_stands_for_the_resources_own_as_it_is_written()
    {
        var tool = _builder.AddTool().WithReference(Api("api", ("http", "http", 5000)), "my-Backend");

        (await tool.EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["services__my-Backend__http__0"] = "http://localhost:5000", ["my_Backend_HTTP"] = "http://localhost:5000" }, ignoreOrder: true);
    }

    [Fact]
    public async Task One_endpoint_can_be_handed_over_alone()
    {
        var api = Api("api", ("http", "http", 5000), ("admin", "http", 5002));

        (await _builder.AddTool().WithReference(api.GetEndpoint("admin")).EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["services__api__http__0"] = "http://localhost:5002", ["API_ADMIN"] = "http://localhost:5002" }, ignoreOrder: true);
    }

    [Fact]
    public async Task The_endpoint_of_a_resource_without_service_discovery_can_be_handed_over()
    {
        var db = _builder.AddTool("db").WithEndpoint(name: "main", scheme: "tcp").Allocated("main", 5432);

        (await _builder.AddTool().WithReference(db.GetEndpoint("main")).EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["services__db__tcp__0"] = "tcp://localhost:5432", ["DB_MAIN"] = "tcp://localhost:5432" }, ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_referred_to_twice_is_handed_over_once()
    {
        var api = Api("api", ("http", "http", 5000), ("admin", "http", 5002));
        var tool = _builder.AddTool().WithReference(api).WithReference(api.GetEndpoint("http")).WithReference(api);

        (await tool.EnvironmentAsync()).Keys.ShouldBe(["services__api__http__0", "services__api__http__1", "API_HTTP", "API_ADMIN"], ignoreOrder: true);
        tool.Resource.ReferencesOf().ShouldBe(["api"]);
    }

    [Fact]
    public async Task An_endpoint_that_is_declared_after_the_reference_is_handed_over_too()
    {
        var api = Api("api", ("http", "http", 5000));
        var tool = _builder.AddTool().WithReference(api);
        api.WithHttpEndpoint(name: "late").Allocated("late", 5009);

        (await tool.EnvironmentAsync())["API_LATE"].ShouldBe("http://localhost:5009");
    }

    [Fact]
    public async Task An_index_that_is_taken_is_passed_over()
    {
        var tool = _builder.AddTool().WithEnvironment("services__api__http__0", "http://mine").WithReference(Api("api", ("http", "http", 5000)));

        var environment = await tool.EnvironmentAsync();

        environment["services__api__http__0"].ShouldBe("http://mine");
        environment["services__api__http__1"].ShouldBe("http://localhost:5000");
    }

    [Fact]
    public async Task When_publishing_addresses_are_placeholders()
    {
        var builder = Models.Empty("--publisher", "manifest");
        var api = builder.AddResource(new Service("api")).WithHttpEndpoint();

        (await builder.AddTool().WithReference(api).EnvironmentAsync())["services__api__http__0"].ShouldBe("{api.bindings.http.url}");
    }

    [Theory]
    [InlineData("weather", "weather")]
    [InlineData("my-weather", "my_weather")]
    [InlineData("2nd", "_2nd")]
    public async Task An_address_has_a_name(string name, string variable)
        => (await _builder.AddTool().WithReference(name, new Uri("https://weather.example.org/base/")).EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { [$"services__{name}__default__0"] = "https://weather.example.org/base/", [variable] = "https://weather.example.org/base/" }, ignoreOrder: true);

    [Theory]
    [InlineData("/weather/", UriKind.Relative, "it must be absolute, as in https://api.example.org/")]
    [InlineData("https://example.org/weather", UriKind.Absolute, "its path must end with a slash")]
    [InlineData("https://example.org/?q=1", UriKind.Absolute, "it may not have a query")]
    [InlineData("https://example.org/#f", UriKind.Absolute, "it may not have a fragment")]
    public void An_address_that_breaks_a_rule_is_refused_with_the_rule(string url, UriKind kind, string rule)
        => Should.Throw<InvalidOperationException>(() => _builder.AddTool().WithReference("weather", new Uri(url, kind))).Message.ShouldBe(
            $"Resource 'tool' can't refer to 'weather' by the address '{url}': {rule}.");

    [Fact]
    public async Task An_external_service_is_handed_over_in_both_spellings()
    {
        var tool = _builder.AddTool().WithReference(_builder.AddExternalService("my-weather", "https://weather.example.org/"));

        (await tool.EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["services__my-weather__https__0"] = "https://weather.example.org/", ["MY_WEATHER"] = "https://weather.example.org/" }, ignoreOrder: true);
        tool.Resource.ReferencesOf().ShouldBe(["my-weather"]);
    }

    [Fact]
    public async Task An_external_service_whose_address_is_a_parameter_tells_the_scheme_too()
    {
        var builder = Models.Empty("Parameters:url=http://weather.example.org/");

        (await builder.AddTool().WithReference(builder.AddExternalService("weather", builder.AddParameter("url"))).EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["services__weather__http__0"] = "http://weather.example.org/", ["WEATHER_HTTP"] = "http://weather.example.org/" }, ignoreOrder: true);
    }

    [Fact]
    public async Task When_publishing_the_scheme_of_a_parameter_is_not_known()
    {
        var builder = Models.Empty("--operation", "publish");

        (await builder.AddTool().WithReference(builder.AddExternalService("weather", builder.AddParameter("url"))).EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["services__weather__default__0"] = "{url.value}", ["WEATHER"] = "{url.value}" }, ignoreOrder: true);
    }

    [Fact]
    public async Task An_external_service_with_a_missing_address_fails_its_consumer()
    {
        var tool = _builder.AddTool().WithReference(_builder.AddExternalService("weather", _builder.AddParameter("url")));

        (await Should.ThrowAsync<MissingParameterValueException>(() => tool.ConfigurationAsync())).Message.ShouldStartWith("The parameter 'url' has no value. Set 'Parameters:url'");
    }

    [Theory]
    [InlineData(ReferenceEnvironmentInjectionFlags.None, new string[0])]
    [InlineData(ReferenceEnvironmentInjectionFlags.ServiceDiscovery, new[] { "services__api__http__0", "services__weather__https__0", "services__uri__default__0" })]
    [InlineData(ReferenceEnvironmentInjectionFlags.Endpoints, new[] { "API_HTTP", "WEATHER", "uri" })]
    [InlineData(ReferenceEnvironmentInjectionFlags.ConnectionString, new[] { "ConnectionStrings__db" })]
    [InlineData(ReferenceEnvironmentInjectionFlags.ConnectionProperties, new[] { "DB_HOST", "DB_PORT" })]
    [InlineData(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.Endpoints, new[] { "ConnectionStrings__db", "API_HTTP", "WEATHER", "uri" })]
    public async Task A_consumer_chooses_the_kinds_of_variables(ReferenceEnvironmentInjectionFlags flags, string[] expected)
        => (await Everything().WithReferenceEnvironment(flags).EnvironmentAsync()).Keys.ShouldBe(expected, ignoreOrder: true);

    [Fact]
    public async Task Without_a_choice_a_consumer_gets_all()
        => (await Everything().EnvironmentAsync()).Keys.ShouldBe(
            ["services__api__http__0", "services__weather__https__0", "services__uri__default__0", "API_HTTP", "WEATHER", "uri", "ConnectionStrings__db", "DB_HOST", "DB_PORT"], ignoreOrder: true);

    [Fact]
    public void All_kinds_together_have_the_number_15()
        => ((int)ReferenceEnvironmentInjectionFlags.All).ShouldBe(15);

    [Fact]
    public async Task A_connection_string_has_the_name_of_its_resource_and_its_parts()
    {
        var tool = _builder.AddTool().WithReference(Db("my-db"));

        (await tool.EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["ConnectionStrings__my-db"] = "Server=db", ["MY_DB_HOST"] = "db.example.org", ["MY_DB_PORT"] = "5432" }, ignoreOrder: true);
        tool.Resource.ReferencesOf().ShouldBe(["my-db"]);
    }

    [Fact]
    public async Task A_connection_string_can_have_another_name()
        => (await _builder.AddTool().WithReference(source: Db("db"), connectionName: "orders", optional: false).EnvironmentAsync()).Keys.ShouldBe(
            ["ConnectionStrings__orders", "ORDERS_HOST", "ORDERS_PORT"], ignoreOrder: true);

    [Fact]
    public async Task A_resource_can_choose_the_variable_of_its_connection_string()
    {
        var db = _builder.AddResource(new Database("db", ReferenceExpression.Create($"x")) { ConnectionStringEnvironmentVariable = "DATABASE_URL" });

        (await _builder.AddTool().WithReference(db, "orders").EnvironmentAsync())["DATABASE_URL"].ShouldBe("x");
    }

    [Fact]
    public async Task Added_parts_are_handed_over_too()
    {
        var environment = await _builder.AddTool().WithReference(Db("db").WithConnectionProperty("Ssl-Mode", "require").WithConnectionProperty("Port", "1")).EnvironmentAsync();

        environment["DB_SSL_MODE"].ShouldBe("require");
        environment["DB_PORT"].ShouldBe("1");
    }

    [Fact]
    public async Task A_connection_string_without_a_value_is_left_out_if_it_is_optional_and_an_error_if_not()
    {
        var db = _builder.AddConnectionString("db");

        (await _builder.AddTool("a").WithReference(db, optional: true).EnvironmentAsync()).ShouldBeEmpty();
        (await _builder.AddTool("b").WithReference(db).ConfigurationAsync()).Exception!.Message.ShouldStartWith("The connection string 'db' has no value. Set 'ConnectionStrings:db'");
    }

    [Fact]
    public async Task A_connection_string_from_configuration_can_choose_its_variable()
    {
        var builder = Models.Empty("ConnectionStrings:db=x");

        (await builder.AddTool().WithReference(builder.AddConnectionString("db", "DATABASE")).EnvironmentAsync()).ShouldBe(new Dictionary<string, string> { ["DATABASE"] = "x" });
    }

    [Fact]
    public async Task When_publishing_a_connection_string_is_a_placeholder()
    {
        var builder = Models.Empty("--operation", "publish");

        (await builder.AddTool().WithReference(builder.AddConnectionString("db")).EnvironmentAsync()).ShouldBe(
            new Dictionary<string, string> { ["ConnectionStrings__db"] = "{db.connectionString}" });
    }

    private IResourceBuilder<ExecutableResource> Everything()
        => _builder.AddTool()
            .WithReference(Api("api", ("http", "http", 5000)))
            .WithReference(_builder.AddExternalService("weather", "https://weather.example.org/"))
            .WithReference("uri", new Uri("https://example.org/"))
            .WithReference(Db("db"));

    private IResourceBuilder<Database> Db(string name) => _builder.AddResource(new Database(name, ReferenceExpression.Create($"Server=db")));

    private IResourceBuilder<Service> Api(string name, params (string Name, string Scheme, int Port)[] endpoints)
    {
        var api = _builder.AddResource(new Service(name));
        foreach (var endpoint in endpoints)
        {
            api.WithEndpoint(name: endpoint.Name, scheme: endpoint.Scheme).Allocated(endpoint.Name, endpoint.Port);
        }

        return api;
    }

    private sealed class Service(string name) : Resource(name), IResourceWithServiceDiscovery, IResourceWithEnvironment;
}
