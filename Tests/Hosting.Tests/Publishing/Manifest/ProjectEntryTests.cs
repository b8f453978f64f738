using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Orchestration.Injection;
using Stack.Hosting.Building;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ProjectEntryTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Fact]
    public async Task A_project_has_its_path_from_the_manifests_folder()
    {
        var site = await Manifests.WriteAsync(_builder.AddSite());

        ((string?)site["type"]).ShouldBe("project.v0");
        ((string?)site["path"]).ShouldBe("Site/Site.csproj");
    }

    [Fact]
    public async Task Site_that_a_run_gives_ServiceDefaults_is_published_with_a_warning_that_it_has_none()
    {
        using var site = new SiteFolder().Runtime().Dependencies();
        var folder = Path.GetDirectoryName(site.Program)!;
        _builder.AddProject("shop", folder);
        _builder.AddProject("quiet", folder).WithServiceDefaults(inject: false);
        _builder.AddSite("unbuilt");

        (await Manifests.WriteAsync(_builder)).Warnings.ShouldBe(
        [
            "Project 'shop' does not reference ServiceDefaults. The AppHost adds them while it runs; what is published has none: no telemetry, and no keys in common with its other replicas. "
            + "Reference them in the project (docs/any-site.md), or end this warning with WithServiceDefaults(inject: false).",
        ]);
    }

    [Fact]
    public async Task The_fields_come_in_their_order()
    {
        var site = _builder.AddSite().WithArgs("--fast").WithEnvironment("A", "b");
        site.PublishWithContainerFiles(_builder.AddResource(new Assets("assets")).WithManifestPublishingCallback(c => c.Writer.WriteString("type", "assets.v0")), "wwwroot");

        (await Manifests.WriteAsync(site)).Fields().ShouldBe(["type", "path", "containerFiles", "args", "env", "bindings"]);
    }

    [Fact]
    public async Task A_deployment_target_makes_it_version_1_and_writes_its_part()
    {
        var target = new Assets("site-module");
        target.Annotations.Add(new ManifestPublishingCallbackAnnotation(context =>
        {
            context.Writer.WriteString("type", "azure.bicep.v0");
            context.Writer.WriteString("path", "site.bicep");
        }));

        var site = await Manifests.WriteAsync(_builder.AddSite().WithAnnotation(new DeploymentTargetAnnotation(target)));

        site.Fields()[..3].ShouldBe(["type", "path", "deployment"]);
        ((string?)site["type"]).ShouldBe("project.v1");
        ((string?)site["deployment"]!["path"]).ShouldBe("site.bicep");
    }

    [Fact]
    public async Task A_deployment_target_without_a_form_is_an_error_that_names_it()
    {
        _builder.AddSite().WithAnnotation(new DeploymentTargetAnnotation(new Assets("cluster")));

        (await Should.ThrowAsync<DistributedApplicationException>(() => Manifests.WriteAsync(_builder)))
            .Message.ShouldBe("The deployment target 'cluster' does not say what it looks like in the manifest. Give it a callback with WithManifestPublishingCallback.");
    }

    [Fact]
    public async Task A_project_that_has_no_project_file_is_an_error_that_names_it()
    {
        _builder.AddResource(new ProjectResource("bare"));

        (await Should.ThrowAsync<DistributedApplicationException>(() => Manifests.WriteAsync(_builder)))
            .Message.ShouldBe("Project 'bare' does not say where its project file is, so it can't be published. Add it with AddProject, or leave it out with ExcludeFromManifest.");
    }

    [Fact]
    public async Task Container_files_name_their_source_destination_and_places()
    {
        var assets = _builder.AddResource(new Assets("assets")).WithContainerFilesSource("/app/dist").WithContainerFilesSource("/app/public").ExcludeFromManifest();

        var files = (await Manifests.WriteAsync(_builder.AddSite().PublishWithContainerFiles(assets, "wwwroot")))["containerFiles"]!;

        files.Fields().ShouldBe(["assets"]);
        files["assets"].Fields().ShouldBe(["destination", "sources"]);
        ((string?)files["assets"]!["destination"]).ShouldBe("wwwroot");
        files["assets"]!["sources"].Texts().ShouldBe(["/app/dist", "/app/public"]);
    }

    [Fact]
    public async Task Container_files_without_places_have_a_destination_only()
    {
        var assets = _builder.AddResource(new Assets("assets")).WithContainerFilesSource("/x").ClearContainerFilesSources().ExcludeFromManifest();

        (await Manifests.WriteAsync(_builder.AddSite().PublishWithContainerFiles(assets, "wwwroot")))["containerFiles"]!["assets"].Fields().ShouldBe(["destination"]);
    }

    [Fact]
    public void In_run_mode_no_files_are_taken_from_other_images()
    {
        var builder = Models.Empty();

        builder.AddSite().PublishWithContainerFiles(builder.AddResource(new Assets("assets")), "wwwroot")
            .Resource.HasAnnotationOfType<ContainerFilesDestinationAnnotation>().ShouldBeFalse();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(7, true)]
    public async Task Several_replicas_are_no_field_but_a_warning_that_names_the_resource(int replicas, bool warned)
    {
        _builder.AddSite().WithReplicas(replicas);

        var manifest = await Manifests.WriteAsync(_builder);

        manifest.Warnings.ShouldBe(warned
            ? [$"Resource 'site' has {replicas} replicas, and the manifest's format can't say so: what deploys it decides how many run. Set the number there ('aspire-manifest.stack.json' has it), or publish to a target that keeps it."]
            : []);
    }

    [Fact]
    public async Task Sequential_ports_stay_on_this_machine()
    {
        var site = await Manifests.WriteAsync(_builder.AddSite().WithReplicas(3).WithSequentialPorts(8001));

        site.ToJsonString().ShouldNotContain("8001");
    }

    [Fact]
    public async Task Variables_of_run_mode_are_not_published()
    {
        var env = (await Manifests.WriteAsync(_builder.AddSite()))["env"].Fields();

        env.ShouldContain("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY");
        env.ShouldNotContain("ASPNETCORE_URLS");
        env.ShouldNotContain("OTEL_EXPORTER_OTLP_ENDPOINT");
        env.ShouldNotContain("LOGGING__CONSOLE__FORMATTERNAME");
    }

    [Fact]
    public async Task A_projects_endpoints_are_published_without_the_ports_of_its_launch_profile()
    {
        var site = await Manifests.WriteAsync(_builder.AddSite());

        site["bindings"].Fields().ShouldBe(["http", "https"]);
        site["bindings"]!["http"].Fields().ShouldBe(["scheme", "protocol", "transport"]);
    }

    private sealed class Assets(string name) : Resource(name), IResourceWithContainerFiles;
}
