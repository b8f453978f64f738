using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class ConnectionStringTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_with_a_dash_can_be_given_by_a_variable_of_the_environment()
    {
        var orders = Models.Empty("ConnectionStrings:my_orders=Server=db").AddConnectionString("my-orders").Resource;

        (await orders.GetConnectionStringAsync(Cancelled)).ShouldBe("Server=db");
    }

    [Fact]
    public async Task It_comes_from_configuration()
    {
        var orders = Models.Empty("ConnectionStrings:orders=Server=db").AddConnectionString("orders").Resource;

        (await orders.GetConnectionStringAsync(Cancelled)).ShouldBe("Server=db");
        (await orders.GetValueAsync(Cancelled)).ShouldBe("Server=db");
        (await orders.ConnectionStringExpression.GetValueAsync(Cancelled)).ShouldBe("Server=db");
        orders.ValueExpression.ShouldBe("{orders.connectionString}");
        orders.ConnectionStringExpression.ValueExpression.ShouldBe("{orders.connectionString}");
    }

    [Fact]
    public async Task One_that_is_missing_is_named_with_its_key()
    {
        var orders = Models.Empty().AddConnectionString("orders").Resource;

        (await Should.ThrowAsync<MissingParameterValueException>(async () => await orders.GetConnectionStringAsync(Cancelled))).Message.ShouldBe(
            "The connection string 'orders' has no value. Set 'ConnectionStrings:orders' in configuration, for example by the environment variable ConnectionStrings__orders.");
    }

    [Fact]
    public void It_is_a_secret_parameter_for_who_looks_closer()
    {
        var parameter = Models.Empty().AddConnectionString("orders").Resource.ShouldBeAssignableTo<ParameterResource>().ShouldNotBeNull();

        parameter.Secret.ShouldBeTrue();
        parameter.IsConnectionString.ShouldBeTrue();
    }

    [Fact]
    public async Task It_can_be_put_together_from_other_values()
    {
        var builder = Models.Empty("Parameters:password=p w");
        var password = builder.AddParameter("password", secret: true);
        var host = builder.AddTool("db").WithEndpoint(name: "tcp", scheme: "tcp").Allocated("tcp", 5432).GetEndpoint("tcp");

        var cache = builder.AddConnectionString("cache", ReferenceExpression.Create($"{host.Property(EndpointProperty.HostAndPort)},password={password}"));

        (await ((IResourceWithConnectionString)cache.Resource).GetConnectionStringAsync(Cancelled)).ShouldBe("localhost:5432,password=p w");
        cache.Resource.ConnectionStringExpression.ValueExpression.ShouldBe("{db.bindings.tcp.host}:{db.bindings.tcp.port},password={password.value}");
        cache.Resource.ReferencesOf().ShouldBe(["db", "password"], ignoreOrder: true);
    }

    [Fact]
    public async Task It_can_be_put_together_piece_by_piece()
    {
        var builder = Models.Empty("Parameters:user=anna");
        var user = builder.AddParameter("user");

        var cache = builder.AddConnectionString("cache", cs =>
        {
            cs.AppendLiteral("Server=db");
            cs.Append($";User={user}");
        });

        (await ((IResourceWithConnectionString)cache.Resource).GetConnectionStringAsync(Cancelled)).ShouldBe("Server=db;User=anna");
    }

    [Fact]
    public async Task A_resource_of_ones_own_only_has_to_write_the_expression()
    {
        IResourceWithConnectionString mine = new Minimal("mine");

        (await mine.GetConnectionStringAsync(Cancelled)).ShouldBe("Server=mine");
        (await mine.GetValueAsync(Cancelled)).ShouldBe("Server=mine");
        (await mine.GetValueAsync(new ValueProviderContext(), Cancelled)).ShouldBe("Server=mine");
        mine.ConnectionStringEnvironmentVariable.ShouldBeNull();
        mine.GetConnectionProperties().ShouldBeEmpty();
        mine.ValueExpression.ShouldBe("{mine.connectionString}");
        mine.References.ShouldBe([mine.ConnectionStringExpression]);
    }

    [Fact]
    public async Task A_reference_without_a_value_is_an_error_unless_it_is_optional()
    {
        var nothing = new Database("db", ReferenceExpression.Empty);

        (await ValueOf(new ConnectionStringReference(nothing, optional: true))).ShouldBeNull();
        (await Should.ThrowAsync<DistributedApplicationException>(async () => await ValueOf(new ConnectionStringReference(nothing, optional: false)))).Message.ShouldBe(
            "The connection string of resource 'db' has no value. Give it one, or refer to it with optional: true.");
    }

    [Fact]
    public async Task A_reference_to_a_missing_one_is_an_error_unless_it_is_optional()
    {
        var missing = Models.Empty().AddConnectionString("orders").Resource;

        (await ValueOf(new ConnectionStringReference(missing, optional: true))).ShouldBeNull();
        await Should.ThrowAsync<MissingParameterValueException>(async () => await ValueOf(new ConnectionStringReference(missing, optional: false)));
    }

    [Fact]
    public async Task Properties_are_found_in_any_case_and_added_ones_replace_the_resources_own()
    {
        var builder = Models.Empty();
        var db = builder.AddResource(new Database("db", ReferenceExpression.Create($"x")))
            .WithConnectionProperty("Database", "orders")
            .WithConnectionProperty("PORT", ReferenceExpression.Create($"6543"));

        (await db.Resource.GetConnectionProperty("host").GetValueAsync(Cancelled)).ShouldBe("db.example.org");
        (await db.Resource.GetConnectionProperty("Port").GetValueAsync(Cancelled)).ShouldBe("6543");
        (await db.Resource.GetConnectionProperty("Database").GetValueAsync(Cancelled)).ShouldBe("orders");
        db.Resource.GetConnectionProperty("Nothing").ShouldBe(ReferenceExpression.Empty);
    }

    [Fact]
    public void Properties_of_a_server_and_of_its_database_can_be_combined()
    {
        var combined = new Database("db", ReferenceExpression.Create($"x")).CombineProperties(
        [
            new("Database", ReferenceExpression.Create($"orders")),
            new("port", ReferenceExpression.Create($"1")),
        ]).ToDictionary(p => p.Key, p => p.Value.ValueExpression);

        combined.ShouldBe(new Dictionary<string, string> { ["Host"] = "db.example.org", ["Port"] = "1", ["Database"] = "orders" }, ignoreOrder: true);
    }

    [Fact]
    public void A_redirection_is_noted_for_the_resource_to_find()
    {
        var builder = Models.Empty();
        var other = new Database("other", ReferenceExpression.Create($"x"));

        var db = builder.AddResource(new Database("db", ReferenceExpression.Create($"x"))).WithConnectionStringRedirection(other);

        db.Resource.TryGetLastAnnotation<ConnectionStringRedirectAnnotation>(out var redirect).ShouldBeTrue();
        redirect!.Resource.ShouldBe(other);
    }

    private static ValueTask<string?> ValueOf(IValueProvider value) => value.GetValueAsync(Cancelled);

    private sealed class Minimal(string name) : Resource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => field ??= ReferenceExpression.Create($"Server={Name}");
    }
}
