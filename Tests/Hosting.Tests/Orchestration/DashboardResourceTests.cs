using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Orchestration;

/// <summary>What the dashboard is told. It is not started here.</summary>
public sealed class DashboardResourceTests : IDisposable
{
    private readonly Testing.TempFolder _folder = new();
    private readonly StateFolder _state;

    public DashboardResourceTests()
    {
        _state = StateFolder.Open(_folder.File("state"));
        File.WriteAllText(_folder.File("Dashboard.dll"), "");
    }

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Without_settings_it_listens_on_loopback_and_asks_for_keys()
    {
        var told = await ToldAsync();

        told["ASPNETCORE_URLS"].ShouldBe("http://localhost:18888");
        told["ASPNETCORE_ENVIRONMENT"].ShouldBe("Development");
        told["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"].ShouldBe("http://localhost:18889");
        told["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"].ShouldBe("http://localhost:18890");
        told["DASHBOARD__FRONTEND__AUTHMODE"].ShouldBe("BrowserToken");
        told["DASHBOARD__FRONTEND__BROWSERTOKEN"].ShouldBe("token");
        told.ShouldNotContainKey("DASHBOARD__FRONTEND__VIEWERTOKEN");
        told["DASHBOARD__OTLP__AUTHMODE"].ShouldBe("ApiKey");
        told["DASHBOARD__OTLP__PRIMARYAPIKEY"].ShouldBe("otlp");
        told["DASHBOARD__API__PRIMARYAPIKEY"].ShouldBe("api");
        told["DASHBOARD__STORAGE__DIRECTORY"].ShouldBe(_state.Telemetry);
        told["LOGGING__CONSOLE__FORMATTERNAME"].ShouldBe("json");
        told["MALLOC_ARENA_MAX"].ShouldBe("1");
        told["STACK_CONTROL_SOCKET"].ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")]
    [InlineData("DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")]
    public async Task Open_to_everybody_it_asks_for_nothing(string variable)
    {
        var told = await ToldAsync((variable, "true"));

        told["DASHBOARD__FRONTEND__AUTHMODE"].ShouldBe("Unsecured");
        told["DASHBOARD__OTLP__AUTHMODE"].ShouldBe("Unsecured");
    }

    [Fact]
    public async Task Addresses_and_token_can_be_given()
    {
        var told = await ToldAsync(
            ("ASPNETCORE_URLS", "https://localhost:7001;http://localhost:7002"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:7003"),
            ("DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://localhost:7004"),
            ("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "mine"),
            ("ASPIRE_DASHBOARD_FRONTEND_VIEWERTOKEN", "theirs"));

        told["ASPNETCORE_URLS"].ShouldBe("https://localhost:7001");
        told["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"].ShouldBe("http://localhost:7003");
        told["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"].ShouldBe("http://localhost:7004");
        told["DASHBOARD__FRONTEND__BROWSERTOKEN"].ShouldBe("mine");
        told["DASHBOARD__FRONTEND__VIEWERTOKEN"].ShouldBe("theirs");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("false", true)]
    [InlineData("true", false)]
    public void It_is_hidden_unless_it_is_asked_for(string? show, bool hidden)
        => Create(("ASPIRE_SHOW_DASHBOARD_RESOURCES", show)).Resource.HasAnnotationOfType<HiddenAnnotation>().ShouldBe(hidden);

    [Fact]
    public void An_address_open_to_the_network_is_refused()
        => Should.Throw<DistributedApplicationException>(() => Create(("ASPNETCORE_URLS", "http://0.0.0.0:7001"))).Message.ShouldStartWith(
            "The dashboard's address 'http://0.0.0.0:7001' (variable ASPNETCORE_URLS) would send passwords");

    private async Task<Dictionary<string, string>> ToldAsync(params (string Key, string? Value)[] settings)
    {
        var (builder, resource) = Create(settings);
        PlanMaker.Publish(new PlanMaker(FreePorts.Find, randomizePorts: false).Make([resource]));
        return await builder.CreateResourceBuilder(resource).EnvironmentAsync();
    }

    private (IDistributedApplicationBuilder Builder, ExecutableResource Resource) Create(params (string Key, string? Value)[] settings)
    {
        var builder = Models.Empty();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build();
        builder.Environment.EnvironmentName = Environments.Development;
        var options = StackOptions.Read(configuration, builder.Environment, new DistributedApplicationOptions(), _folder.Path, _folder.File("Dashboard.dll"));
        return (builder, DashboardResource.Create(configuration, options, _state, new StackSecrets("otlp", "token", "api")));
    }
}
