using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Building;

public sealed class ProjectEnvironmentTests
{
    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Telemetry_and_console_are_set_as_for_every_project(string environment, bool development)
    {
        var builder = Models.Empty($"--environment={environment}");
        builder.AddSite();

        var variables = await Plans.EnvironmentAsync(builder);

        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"].ShouldBe("in_memory");
        variables["LOGGING__CONSOLE__FORMATTERNAME"].ShouldBe("simple");
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"].ShouldBe("true");
        variables.GetValueOrDefault("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION").ShouldBe(development ? "true" : null);
        variables.GetValueOrDefault("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION").ShouldBe(development ? "true" : null);
    }

    [Fact]
    public async Task A_published_project_has_of_these_what_does_not_belong_to_the_run()
    {
        var builder = Models.Empty("--publisher", "manifest", "--environment=Development");
        builder.AddSite();

        var variables = await Plans.PublishedEnvironmentAsync(builder);

        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"].ShouldBe("in_memory");
        variables.Keys.ShouldNotContain("LOGGING__CONSOLE__FORMATTERNAME");
        variables.Keys.ShouldNotContain("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION");
    }

    [Fact]
    public async Task A_process_is_told_all_its_urls()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", "other");

        var variables = await Plans.EnvironmentAsync(builder);

        variables["ASPNETCORE_URLS"].ShouldBe("http://localhost:5081;https://localhost:5082");
        variables["ASPNETCORE_HTTPS_PORT"].ShouldBe("5082");
    }

    [Theory]
    [InlineData("0.0.0.0", "http://0.0.0.0:5080")]
    [InlineData("*", "http://*:5080")]
    [InlineData("::1", "http://[::1]:5080")]
    [InlineData("", "http://localhost:5080")]
    public async Task It_listens_on_the_host_that_the_endpoint_names(string host, string expected)
    {
        var builder = Models.Empty();
        builder.AddSite().WithEndpoint("http", e => e.TargetHost = host);

        (await Plans.EnvironmentAsync(builder))["ASPNETCORE_URLS"].ShouldBe(expected);
    }

    [Fact]
    public async Task Without_https_there_is_no_port_for_it()
    {
        var builder = Models.Empty();
        builder.AddSite();

        (await Plans.EnvironmentAsync(builder)).Keys.ShouldNotContain("ASPNETCORE_HTTPS_PORT");
    }

    [Fact]
    public async Task The_https_port_is_the_one_that_others_use()
    {
        var builder = Models.Empty();
        var gate = builder.AddExecutable("gate", "/bin/true", ".").WithHttpsEndpoint(port: 443);
        builder.AddProject<Models.Site>("site", "other").WithAnnotation(new Stack.Hosting.ApplicationModel.GatewayAnnotation(gate.Resource));

        var variables = await Plans.EnvironmentAsync(builder);

        variables["ASPNETCORE_HTTPS_PORT"].ShouldBe("443");
        variables["ASPNETCORE_URLS"].ShouldBe("http://localhost:5081;https://localhost:5082");
    }

    [Fact]
    public async Task An_endpoint_with_a_variable_of_its_own_is_told_by_that_one_only()
    {
        var builder = Models.Empty();
        builder.AddSite().WithHttpEndpoint(name: "admin", port: 5090, env: "ADMIN_PORT").WithEndpoint(name: "raw", port: 5091);

        var variables = await Plans.EnvironmentAsync(builder);

        variables["ADMIN_PORT"].ShouldBe("5090");
        variables["ASPNETCORE_URLS"].ShouldBe("http://localhost:5080");
    }

    [Fact]
    public async Task Filters_leave_endpoints_out_of_the_environment()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", "other").WithHttpEndpoint(name: "admin", port: 5090).WithEndpointsInEnvironment(e => e.Name != "admin").WithEndpointsInEnvironment(e => e.UriScheme == "http");

        var variables = await Plans.EnvironmentAsync(builder);

        variables["ASPNETCORE_URLS"].ShouldBe("http://localhost:5081");
        variables.Keys.ShouldNotContain("ASPNETCORE_HTTPS_PORT");
    }

    [Fact]
    public async Task A_profile_that_sets_the_urls_itself_is_obeyed()
    {
        using var project = new ProjectFolder();
        project.Profiles("""{ "web": { "applicationUrl": "http://localhost:5001", "environmentVariables": { "ASPNETCORE_URLS": "http://localhost:1" } } }""");
        var (builder, site) = project.Add();
        site.WithHttpsEndpoint(port: 5002);

        var variables = await Plans.EnvironmentAsync(builder);

        variables["ASPNETCORE_URLS"].ShouldBe("http://localhost:1");
        variables.Keys.ShouldNotContain("ASPNETCORE_HTTPS_PORT");
    }

    [Fact]
    public async Task Endpoints_that_are_declared_after_the_project_are_told_too()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint(port: 9000).WithHttpsEndpoint(targetPort: 9001);

        (await Plans.EnvironmentAsync(builder))["ASPNETCORE_URLS"].ShouldBe("http://localhost:9000;https://localhost:9001");
    }

    [Fact]
    public async Task Without_endpoints_nothing_is_told()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null);

        var variables = await Plans.EnvironmentAsync(builder);

        variables.Keys.ShouldNotContain("ASPNETCORE_URLS");
        variables.Keys.ShouldNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED");
    }

    [Fact]
    public async Task A_published_project_listens_on_its_target_ports_and_not_on_the_implicit_https()
    {
        var builder = Models.Empty("--publisher", "manifest");
        builder.AddSite();

        var variables = await Plans.PublishedEnvironmentAsync(builder);

        variables["HTTP_PORTS"].ShouldBe("{site.bindings.http.targetPort}");
        variables.Keys.ShouldNotContain("HTTPS_PORTS");
        variables.Keys.ShouldNotContain("ASPNETCORE_URLS");
        variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"].ShouldBe("true");
    }

    [Fact]
    public async Task An_https_endpoint_of_ones_own_is_listened_on()
    {
        var builder = Models.Empty("--publisher", "manifest");
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpsEndpoint(targetPort: 8443);

        var variables = await Plans.PublishedEnvironmentAsync(builder);

        variables["HTTPS_PORTS"].ShouldBe("{site.bindings.https.targetPort}");
        variables.Keys.ShouldNotContain("HTTP_PORTS");
    }

    [Fact]
    public async Task A_port_is_never_published_twice()
    {
        var builder = Models.Empty("--publisher", "manifest");
        builder.AddSite().WithHttpEndpoint(name: "a", targetPort: 8080).WithHttpEndpoint(name: "b", targetPort: 8080).WithHttpEndpoint(name: "c", targetPort: 8081);

        (await Plans.PublishedEnvironmentAsync(builder))["HTTP_PORTS"].ShouldBe("{site.bindings.http.targetPort};{site.bindings.a.targetPort};{site.bindings.c.targetPort}");
    }

    [Fact]
    public async Task Ports_that_the_user_set_are_published_as_they_are()
    {
        var builder = Models.Empty("--publisher", "manifest");
        builder.AddSite().WithEnvironment("HTTP_PORTS", "1234");

        (await Plans.PublishedEnvironmentAsync(builder))["HTTP_PORTS"].ShouldBe("1234");
    }

    [Fact]
    public async Task Forwarded_headers_can_be_refused()
    {
        var builder = Models.Empty("--publisher", "manifest");
        builder.AddSite().DisableForwardedHeaders();

        (await Plans.PublishedEnvironmentAsync(builder)).Keys.ShouldNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED");
    }

    [Fact]
    public async Task Without_endpoints_nothing_is_forwarded()
    {
        var builder = Models.Empty("--publisher", "manifest");
        builder.AddProject<Models.Site>("site", launchProfileName: null);

        (await Plans.PublishedEnvironmentAsync(builder)).Keys.ShouldNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED");
    }

    [Fact]
    public void A_published_project_with_an_address_has_an_http_and_an_https_endpoint_and_keeps_its_own()
    {
        var builder = Models.Empty("--publisher", "manifest");
        var site = builder.AddSite();
        var bare = builder.AddProject<Models.Site>("bare", launchProfileName: null);

        site.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"{e.Name} {e.UriScheme} {e.Transport} {e.Port} {e.TargetPort} {e.IsImplicit}").ShouldBe(["http http http   True", "https https http   True"]);
        bare.Resource.GetEndpoints().ShouldBeEmpty();
    }
}
