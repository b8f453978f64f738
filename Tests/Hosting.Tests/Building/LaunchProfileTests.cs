using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.Building;

public sealed class LaunchProfileTests : IDisposable
{
    private const string Two = """{ "http": { "commandName": "Project", "applicationUrl": "http://localhost:5001" }, "web": { "commandName": "Project", "applicationUrl": "http://localhost:5002" } }""";

    private readonly ProjectFolder _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void Without_launch_settings_a_project_has_no_endpoints()
    {
        var (_, site) = _project.Add();

        site.Resource.GetEndpoints().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Project", true)]
    [InlineData("Executable", true)]
    [InlineData("", true)]
    [InlineData(null, true)]
    [InlineData("IISExpress", false)]
    [InlineData("Docker", false)]
    public void The_first_profile_that_runs_the_project_is_taken(string? command, bool taken)
    {
        var line = command is null ? "" : $"\"commandName\": \"{command}\", ";
        _project.Profiles($$"""{ "first": { {{line}}"applicationUrl": "http://localhost:5001" }, "last": { "commandName": "Project", "applicationUrl": "http://localhost:5002" } }""");

        _project.Add().Site.Resource.Endpoint("http").Port.ShouldBe(taken ? 5001 : 5002);
    }

    [Fact]
    public void A_profile_that_is_named_wins()
    {
        _project.Profiles(Two);
        var builder = Models.Empty("--AppHost:DefaultLaunchProfileName=http");

        var site = builder.AddProject("site", _project.Project, "web");

        site.Resource.Endpoint("http").Port.ShouldBe(5002);
        site.Resource.Annotations.OfType<LaunchProfileAnnotation>().Single().LaunchProfileName.ShouldBe("web");
    }

    [Theory]
    [InlineData("--AppHost:DefaultLaunchProfileName=web", 5002)]
    [InlineData("--DOTNET_LAUNCH_PROFILE=web", 5002)]
    [InlineData("--DOTNET_LAUNCH_PROFILE=staging", 5001)]
    public void The_AppHosts_own_profile_is_taken_if_the_project_has_it(string argument, int port)
    {
        _project.Profiles(Two);

        _project.Add(argument).Site.Resource.Endpoint("http").Port.ShouldBe(port);
    }

    [Fact]
    public void The_setting_wins_over_the_AppHosts_own_profile()
    {
        _project.Profiles(Two);

        var site = _project.Add("--AppHost:DefaultLaunchProfileName=web", "--DOTNET_LAUNCH_PROFILE=http").Site;

        site.Resource.Endpoint("http").Port.ShouldBe(5002);
        site.Resource.Annotations.OfType<DefaultLaunchProfileAnnotation>().Single().LaunchProfileName.ShouldBe("web");
    }

    [Fact]
    public async Task A_name_of_null_means_no_profile()
    {
        _project.Profiles("""{ "http": { "commandName": "Project", "applicationUrl": "http://localhost:5001", "commandLineArgs": "--x", "environmentVariables": { "A": "1" } } }""");
        var builder = Models.Empty();

        var site = builder.AddProject("site", _project.Project, launchProfileName: null);

        site.Resource.GetEndpoints().ShouldBeEmpty();
        site.Resource.HasAnnotationOfType<ExcludeLaunchProfileAnnotation>().ShouldBeTrue();
        (await Plans.EnvironmentAsync(builder)).Keys.ShouldNotContain("A");
        (await Plans.ArgumentsAsync(builder)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("web", false, 5002)]
    [InlineData(null, false, 5001)]
    [InlineData("web", true, null)]
    public void The_options_choose_the_profile(string? name, bool exclude, int? port)
    {
        _project.Profiles(Two);

        var site = Models.Empty().AddProject("site", _project.Project, options =>
        {
            options.LaunchProfileName = name;
            options.ExcludeLaunchProfile = exclude;
        });

        site.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault()?.Port.ShouldBe(port);
        site.Resource.GetEndpoints().Count().ShouldBe(port is null ? 0 : 1);
    }

    [Fact]
    public void The_options_work_for_generated_classes_too()
    {
        Models.Empty().AddProject<Models.Site>("site", o => o.LaunchProfileName = "other").Resource.Endpoint("http").Port.ShouldBe(5081);
        Models.Empty().AddProject<Models.Site>("site", "other").Resource.Endpoint("https").Port.ShouldBe(5082);
        Models.Empty().AddProject<Models.Site>("site", launchProfileName: null).Resource.GetEndpoints().ShouldBeEmpty();
    }

    [Fact]
    public void A_named_profile_that_is_missing_is_an_error()
    {
        _project.Profiles(Two);

        Should.Throw<DistributedApplicationException>(() => Models.Empty().AddProject("site", _project.Project, "staging")).Message.ShouldBe(
            $"Resource 'site': the project '{_project.Project}' has no launch profile 'staging'. Add it to its Properties/launchSettings.json, or name another.");
    }

    [Fact]
    public void So_is_one_where_there_are_no_launch_settings()
        => Should.Throw<DistributedApplicationException>(() => Models.Empty().AddProject("site", _project.Project, "staging")).Message.ShouldContain("has no launch profile 'staging'");

    [Fact]
    public void Launch_settings_that_are_not_json_are_an_error_that_names_resource_and_file()
    {
        _project.Write("Properties/launchSettings.json", "{ \"profiles\": ");

        var message = Should.Throw<DistributedApplicationException>(() => _project.Add()).Message;

        message.ShouldStartWith($"Resource 'site': the launch settings '{Path.Combine(_project.Path, "Properties", "launchSettings.json")}' can't be read: ");
        message.ShouldEndWith(" Correct the file.");
    }

    [Fact]
    public void Comments_and_trailing_commas_are_accepted()
    {
        _project.Profiles("""{ /* the only one */ "http": { "commandName": "Project", "applicationUrl": "http://localhost:5001", }, }""");

        _project.Add().Site.Resource.Endpoint("http").Port.ShouldBe(5001);
    }

    [Fact]
    public void A_second_address_of_a_scheme_gets_its_ordinal()
    {
        _project.Profiles("""{ "all": { "applicationUrl": "https://localhost:7001;http://localhost:5001;https://*:7002;http://0.0.0.0:5002 ; https://shop.localhost:7003" } }""");

        var site = _project.Add().Site;

        site.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"{e.Name} {e.UriScheme} {e.TargetHost} {e.Port} {e.TargetPort}").ShouldBe([
            "https https localhost 7001 ", "http http localhost 5001 ", "https2 https * 7002 ", "http2 http 0.0.0.0 5002 ", "https3 https shop.localhost 7003 "]);
    }

    [Fact]
    public void An_address_that_is_none_is_an_error()
    {
        _project.Profiles("""{ "http": { "applicationUrl": "localhost" } }""");

        Should.Throw<DistributedApplicationException>(() => _project.Add()).Message.ShouldBe("'localhost' is not an address to listen on. Write it like http://localhost:5000.");
    }

    [Fact]
    public async Task The_profiles_variables_are_expanded_and_an_earlier_value_wins()
    {
        _project.Profiles("""{ "web": { "environmentVariables": { "HOME_COPY": "%HOME%/x", "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY": "disk", "LATER": "profile" } } }""");
        var (builder, site) = _project.Add();
        site.WithEnvironment("LATER", "code");

        var environment = await Plans.EnvironmentAsync(builder);

        environment["HOME_COPY"].ShouldBe($"{Environment.GetEnvironmentVariable("HOME")}/x");
        environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"].ShouldBe("in_memory");
        environment["LATER"].ShouldBe("code");
        environment["DOTNET_LAUNCH_PROFILE"].ShouldBe("web");
    }

    [Fact]
    public async Task The_profiles_arguments_come_before_those_of_the_AppHost_without_a_separator()
    {
        _project.Profiles("""{ "web": { "commandLineArgs": "--one \"two three\"" } }""");
        var (builder, site) = _project.Add();
        site.WithArgs("--four");

        (await Plans.ArgumentsAsync(builder)).ShouldBe(["--one", "two three", "--four"]);
    }

    [Theory]
    [InlineData("a b", new[] { "a", "b" })]
    [InlineData("  a   b  ", new[] { "a", "b" })]
    [InlineData("\"a b\" c", new[] { "a b", "c" })]
    [InlineData("'a b' c", new[] { "a b", "c" })]
    [InlineData("--x=\"a b\"", new[] { "--x=a b" })]
    [InlineData("a\\ b", new[] { "a b" })]
    [InlineData("\"\"", new[] { "" })]
    [InlineData("\\\"a\\\"", new[] { "\"a\"" })]
    [InlineData("", new string[0])]
    public void Arguments_are_split_as_a_shell_does(string line, string[] expected) => LaunchProfiles.SplitArguments(line).ShouldBe(expected);

    [Theory]
    [InlineData("http://localhost:5001", "swagger", "http://localhost:5001/swagger")]
    [InlineData("http://localhost:5001", "/swagger?x=1", "http://localhost:5001/swagger?x=1")]
    [InlineData("http://localhost:5001", "https://example.org/start", "https://example.org/start")]
    [InlineData("relative", "swagger", "swagger")]
    public void The_launch_url_changes_the_address_that_is_shown(string url, string launchUrl, string expected)
        => LaunchProfiles.ShownUrl(url, launchUrl).ShouldBe(expected);

    [Fact]
    public async Task The_launch_url_is_shown_with_the_endpoints_of_the_profile_only()
    {
        _project.Profiles("""{ "web": { "applicationUrl": "http://localhost:5001", "launchUrl": "swagger" } }""");
        var (builder, site) = _project.Add();
        site.WithHttpEndpoint(name: "admin", port: 5002);
        Plans.Of(builder);
        List<ResourceUrlAnnotation> urls = [.. site.Resource.GetEndpoints().Select(e => new ResourceUrlAnnotation { Url = e.Url, Endpoint = e })];
        foreach (var callback in site.Resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(new ResourceUrlsCallbackContext(builder.ExecutionContext, site.Resource, urls));
        }

        urls.Select(u => u.Url).ShouldBe(["http://localhost:5001/swagger", "http://localhost:5002"]);
    }

    [Fact]
    public async Task A_published_project_gets_nothing_of_its_launch_profile_but_the_endpoints()
    {
        _project.Profiles("""{ "web": { "applicationUrl": "http://localhost:5001", "commandLineArgs": "--x", "environmentVariables": { "A": "1" } } }""");
        var (builder, site) = _project.Add("--publisher", "manifest");

        var environment = await Plans.PublishedEnvironmentAsync(builder);

        environment.Keys.ShouldNotContain("A");
        environment.Keys.ShouldNotContain("DOTNET_LAUNCH_PROFILE");
        environment.Keys.ShouldNotContain("ASPNETCORE_URLS");
        (await Plans.ArgumentsAsync(builder)).ShouldBeEmpty();
        site.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"{e.Name} {e.Port} {e.TargetPort}").ShouldBe(["http  ", "https  "]);
    }
}
