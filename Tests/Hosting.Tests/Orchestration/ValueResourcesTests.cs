using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

public sealed class ValueResourcesTests : IDisposable
{
    private readonly Notifications _notifications = new();

    private IDistributedApplicationBuilder Builder => _notifications.Builder;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _notifications.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_parameter_runs_and_shows_its_value_masked_if_it_is_secret(bool secret)
    {
        Builder.Configuration["Parameters:key"] = "value";
        Builder.AddParameter("key", secret);

        var snapshot = await PublishedAsync("key");

        snapshot.ResourceType.ShouldBe("Parameter");
        snapshot.State.ShouldBe(new ResourceStateSnapshot("Running", "success"));
        snapshot.Properties.Single(p => p.Name == "Value").ShouldBe(new ResourcePropertySnapshot("Value", "value") { IsSensitive = secret });
        snapshot.Properties.Single(p => p.Name == "resource.source").Value.ShouldBe("Parameters:key");
        snapshot.StartTimeStamp.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_parameter_without_a_value_tells_what_to_set()
    {
        Builder.AddParameter("api-key", secret: true);

        var snapshot = await PublishedAsync("api-key");

        snapshot.State.ShouldBe(new ResourceStateSnapshot("Value missing: Parameters:api-key", "warn"));
        snapshot.Properties.ShouldNotContain(p => p.Name == "Value");
        (await LogOf("api-key")).ShouldContain("The parameter 'api-key' has no value. Set 'Parameters:api-key' in configuration");
    }

    [Fact]
    public async Task A_parameter_that_fails_otherwise_is_in_error()
    {
        Builder.AddParameter("key", () => throw new InvalidDataException("no such vault"));

        (await PublishedAsync("key")).State.ShouldBe(new ResourceStateSnapshot("Value failed", "error"));
        (await LogOf("key")).ShouldContain("no such vault");
    }

    [Fact]
    public async Task A_connection_string_runs_when_its_parts_are_known_and_says_so_to_others()
    {
        Builder.Configuration["Parameters:password"] = "p";
        var api = Builder.AddTool("api").WithHttpEndpoint();
        var cache = Builder.AddConnectionString("cache", ReferenceExpression.Create($"{api.GetEndpoint("http").Property(EndpointProperty.HostAndPort)},{Builder.AddParameter("password")}"));
        var available = new TaskCompletionSource<string?>();
        Builder.Eventing.Subscribe<ConnectionStringAvailableEvent>(cache.Resource, async (e, token) => available.SetResult(await ((IResourceWithConnectionString)e.Resource).GetConnectionStringAsync(token)));
        var publishing = PublishAsync();
        Current("cache").ShouldBeNull();

        api.Allocated("http", 5000);
        await publishing;

        (await available.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).ShouldBe("localhost:5000,p");
        var snapshot = Current("cache")!;
        snapshot.ResourceType.ShouldBe("ConnectionString");
        snapshot.State!.Text.ShouldBe("Running");
        snapshot.Properties.Single(p => p.Name == "resource.connectionString").ShouldBe(new ResourcePropertySnapshot("resource.connectionString", "localhost:5000,p") { IsSensitive = true });
    }

    [Fact]
    public async Task A_connection_string_from_configuration_runs_or_tells_what_to_set()
    {
        Builder.Configuration["ConnectionStrings:orders"] = "Server=db";
        Builder.AddConnectionString("orders");
        Builder.AddConnectionString("other");

        await PublishAsync();

        Current("orders")!.ResourceType.ShouldBe("ConnectionString");
        Current("orders")!.State!.Text.ShouldBe("Running");
        Current("orders")!.Properties.Single(p => p.Name == "resource.connectionString").IsSensitive.ShouldBeTrue();
        Current("other")!.State.ShouldBe(new ResourceStateSnapshot("Value missing: ConnectionStrings:other", "warn"));
    }

    [Fact]
    public async Task A_connection_string_whose_parameter_is_missing_tells_what_to_set()
    {
        Builder.AddConnectionString("cache", ReferenceExpression.Create($"password={Builder.AddParameter("password")}"));

        (await PublishedAsync("cache")).State.ShouldBe(new ResourceStateSnapshot("Value missing: Parameters:password", "warn"));
    }

    [Fact]
    public async Task A_connection_string_waits_for_what_it_is_told_to_wait_for()
    {
        var db = Builder.AddTool("db");
        var cache = Builder.AddConnectionString("cache", ReferenceExpression.Create($"x")).WaitForStart(db);
        var publishing = PublishAsync();
        await Testing.Wait.Until(() => Current("cache")?.State?.Text == "Waiting");

        await _notifications.Service.PublishUpdateAsync(db.Resource, s => s with { State = KnownResourceStates.Running });
        await publishing;

        Current(cache.Resource.Name)!.State!.Text.ShouldBe("Running");
    }

    [Fact]
    public async Task An_external_service_runs_and_shows_its_address()
    {
        Builder.AddExternalService("weather", "https://weather.example.org/");

        var snapshot = await PublishedAsync("weather");

        snapshot.ResourceType.ShouldBe("ExternalService");
        snapshot.State!.Text.ShouldBe("Running");
        snapshot.Urls.Single().Url.ShouldBe("https://weather.example.org/");
    }

    [Fact]
    public async Task An_external_service_whose_address_is_missing_or_wrong_says_so()
    {
        Builder.Configuration["Parameters:wrong-url"] = "nonsense";
        Builder.AddExternalService("missing", Builder.AddParameter("missing-url"));
        Builder.AddExternalService("wrong", Builder.AddParameter("wrong-url"));

        await PublishAsync();

        Current("missing")!.State.ShouldBe(new ResourceStateSnapshot("Value missing: Parameters:missing-url", "warn"));
        Current("wrong")!.State.ShouldBe(new ResourceStateSnapshot("FailedToStart", "error"));
        (await LogOf("wrong")).ShouldContain("The address of external service 'wrong', given by parameter 'wrong-url', is invalid");
    }

    [Fact]
    public async Task An_end_of_the_application_ends_the_wait_for_a_value()
    {
        var api = Builder.AddTool("api").WithHttpEndpoint();
        Builder.AddConnectionString("cache", ReferenceExpression.Create($"{api.GetEndpoint("http")}"));
        using var stopping = new CancellationTokenSource();
        var publishing = PublishAsync(stopping.Token);

        await stopping.CancelAsync();

        await publishing.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
        Current("cache").ShouldBeNull();
    }

    private async Task<CustomResourceSnapshot> PublishedAsync(string name)
    {
        await PublishAsync();
        return Current(name).ShouldNotBeNull();
    }

    private Task PublishAsync(CancellationToken? token = null)
        => new ValueResources(
            new DistributedApplicationModel(Builder.Resources), _notifications.Service, _notifications.Logs, Builder.Eventing, new ServiceCollection().BuildServiceProvider(), TimeProvider.System)
            .PublishAsync(token ?? Cancelled);

    private CustomResourceSnapshot? Current(string name) => _notifications.Service.TryGetCurrentState(name, out var current) ? current.Snapshot : null;

    private async Task<string> LogOf(string name)
    {
        List<string> lines = [];
        await foreach (var batch in _notifications.Logs.GetAllAsync(name).WithCancellation(Cancelled))
        {
            lines.AddRange(batch.Select(l => l.Content));
        }

        return string.Join('\n', lines);
    }
}
