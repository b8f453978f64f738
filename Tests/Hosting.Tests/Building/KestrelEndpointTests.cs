using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class KestrelEndpointTests : IDisposable
{
    private readonly ProjectFolder _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void An_endpoint_that_is_the_only_one_of_its_scheme_is_named_by_it()
    {
        Kestrel("""{ "Public": { "Url": "http://*:5001" }, "Secure": { "Url": "https://localhost:7001" } }""");

        Endpoints().ShouldBe(["http http http * 5001 ", "https https http localhost 7001 "]);
    }

    [Fact]
    public void Several_of_a_scheme_are_named_by_their_keys()
    {
        Kestrel("""{ "Public": { "Url": "http://*:5001" }, "Admin": { "Url": "http://localhost:5002" }, "Secure": { "Url": "https://localhost:7001" } }""");

        Endpoints().ShouldBe(["Admin http http localhost 5002 ", "Public http http * 5001 ", "https https http localhost 7001 "], ignoreOrder: true);
    }

    [Fact]
    public void In_publish_mode_the_port_is_the_one_listened_on()
    {
        Kestrel("""{ "Public": { "Url": "http://*:5001" } }""");

        Endpoints("--publisher", "manifest").ShouldBe(["http http http localhost  5001", "https https http localhost  "]);
    }

    [Theory]
    [InlineData("Http2", null, "http2")]
    [InlineData("http2", null, "http2")]
    [InlineData("Http1AndHttp2", null, "http")]
    [InlineData(null, "Http2", "http2")]
    [InlineData("Http1", "Http2", "http")]
    [InlineData(null, null, "http")]
    public void Http2_is_said_by_the_endpoint_else_by_the_defaults(string? own, string? defaults, string transport)
    {
        var protocols = own is null ? "" : $", \"Protocols\": \"{own}\"";
        var all = defaults is null ? "" : $", \"EndpointDefaults\": {{ \"Protocols\": \"{defaults}\" }}";
        _project.Write("appsettings.json", $$"""{ "Kestrel": { "Endpoints": { "Grpc": { "Url": "http://*:5001"{{protocols}} } }{{all}} } }""");

        _project.Add().Site.Resource.Endpoint("http").Transport.ShouldBe(transport);
    }

    [Theory]
    [InlineData("appsettings.json")]
    [InlineData("appsettings.Staging.json")]
    [InlineData("Shop.settings.json")]
    [InlineData("Shop.settings.Staging.json")]
    public void Each_of_the_four_files_is_read(string file)
    {
        _project.Write(file, """{ "Kestrel": { "Endpoints": { "A": { "Url": "http://*:5001" } } } }""");

        Endpoints("--ASPNETCORE_ENVIRONMENT=Staging").ShouldBe(["http http http * 5001 "]);
    }

    [Theory]
    [InlineData("--ASPNETCORE_ENVIRONMENT=Staging", "--DOTNET_ENVIRONMENT=Production", 5002)]
    [InlineData("--x=y", "--DOTNET_ENVIRONMENT=Staging", 5002)]
    [InlineData("--x=y", "--DOTNET_ENVIRONMENT=Production", 5001)]
    public void The_AppHosts_environment_chooses_the_files_and_later_ones_win(string first, string second, int port)
    {
        _project.Write("appsettings.json", """{ "Kestrel": { "Endpoints": { "A": { "Url": "http://*:5001" } } } }""");
        _project.Write("appsettings.Staging.json", """{ "Kestrel": { "Endpoints": { "A": { "Url": "http://*:5002" } } } }""");

        _project.Add(first, second).Site.Resource.Endpoint("http").Port.ShouldBe(port);
    }

    [Fact]
    public void Settings_that_are_not_json_are_an_error_that_names_resource_and_file()
    {
        _project.Write("appsettings.json", "{");

        var message = Should.Throw<DistributedApplicationException>(() => _project.Add()).Message;

        message.ShouldStartWith("Resource 'site': the settings of its project can't be read: ");
        message.ShouldContain(Path.Combine(_project.Path, "appsettings.json"));
    }

    [Fact]
    public void An_endpoint_without_an_address_is_passed_over()
    {
        Kestrel("""{ "A": { "Protocols": "Http2" } }""");

        Endpoints().ShouldBeEmpty();
    }

    [Fact]
    public void With_Kestrel_endpoints_the_addresses_of_the_profile_do_not_count()
    {
        _project.Profiles("""{ "web": { "applicationUrl": "http://localhost:6001", "environmentVariables": { "A": "1" } } }""");
        Kestrel("""{ "A": { "Url": "http://*:5001" } }""");

        Endpoints().ShouldBe(["http http http * 5001 "]);
    }

    [Fact]
    public async Task The_profiles_variables_count_all_the_same()
    {
        _project.Profiles("""{ "web": { "applicationUrl": "http://localhost:6001", "environmentVariables": { "A": "1" } } }""");
        Kestrel("""{ "A": { "Url": "http://*:5001" } }""");

        (await Plans.EnvironmentAsync(_project.Add().Builder))["A"].ShouldBe("1");
    }

    [Fact]
    public void They_can_be_left_alone()
    {
        Kestrel("""{ "A": { "Url": "http://*:5001" } }""");
        _project.Profiles("""{ "web": { "applicationUrl": "http://localhost:6001" } }""");

        var site = Models.Empty().AddProject("site", _project.Project, o => o.ExcludeKestrelEndpoints = true);

        site.Resource.Endpoint("http").Port.ShouldBe(6001);
    }

    [Fact]
    public async Task A_process_is_told_of_each_by_the_setting_that_it_has()
    {
        Kestrel("""{ "Http": { "Url": "http://*:5001" }, "Secure": { "Url": "https://127.0.0.1:7001" } }""");
        var (builder, site) = _project.Add();
        site.WithHttpEndpoint(name: "admin", port: 5002).WithHttpEndpoint(name: "raw", port: 5003, env: "RAW");

        var environment = await Plans.EnvironmentAsync(builder);

        environment.Where(e => e.Key.StartsWith("Kestrel__", StringComparison.Ordinal)).Select(e => $"{e.Key}={e.Value}").ShouldBe(
            ["Kestrel__Endpoints__http__Url=http://*:5001", "Kestrel__Endpoints__Secure__Url=https://127.0.0.1:7001", "Kestrel__Endpoints__admin__Url=http://localhost:5002"], ignoreOrder: true);
        environment.Keys.ShouldNotContain("ASPNETCORE_URLS");
        environment["RAW"].ShouldBe("5003");
    }

    [Fact]
    public async Task Each_replica_is_told_its_own_port()
    {
        Kestrel("""{ "Http": { "Url": "http://*:5001" } }""");
        var (builder, site) = _project.Add();
        site.WithReplicas(2).WithSequentialPorts(8001);

        (await Plans.EnvironmentAsync(builder, replica: 1))["Kestrel__Endpoints__http__Url"].ShouldBe("http://*:8002");
    }

    [Fact]
    public async Task In_publish_mode_it_listens_everywhere_and_the_implicit_https_is_left_out()
    {
        Kestrel("""{ "Http": { "Url": "http://127.0.0.1:5001" } }""");
        var builder = _project.Add("--publisher", "manifest").Builder;

        var environment = await Plans.PublishedEnvironmentAsync(builder);

        environment["Kestrel__Endpoints__http__Url"].ShouldBe("http://*:{site.bindings.http.targetPort}");
        environment.Keys.ShouldNotContain("Kestrel__Endpoints__https__Url");
        environment.Keys.ShouldNotContain("HTTP_PORTS");
        environment.Keys.ShouldNotContain("HTTPS_PORTS");
    }

    [Fact]
    public void A_range_replaces_the_port_of_the_settings()
    {
        Kestrel("""{ "Http": { "Url": "http://*:5001" } }""");
        var (builder, site) = _project.Add();
        site.WithReplicas(2).WithSequentialPorts(8001);

        Plans.Of(builder).Ports.Select(p => p.Port).ShouldBe([8001, 8002]);
    }

    private void Kestrel(string endpoints) => _project.Write("appsettings.json", $$"""{ "Kestrel": { "Endpoints": {{endpoints}} } }""");

    private List<string> Endpoints(params string[] args)
        => [.. _project.Add(args).Site.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"{e.Name} {e.UriScheme} {e.Transport} {e.TargetHost} {e.Port} {e.TargetPort}")];
}
