using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Testing;

namespace Hosting.Tests.Building;

public sealed class ProjectPathTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("Shop/Shop.csproj")]
    [InlineData("Shop")]
    [InlineData("Shop/")]
    [InlineData("./Shop/../Shop/Shop.csproj")]
    [InlineData("Shop\\Shop.csproj")]
    public void A_relative_path_starts_at_the_AppHosts_folder_and_a_folder_stands_for_its_project(string path)
    {
        Write("Shop/Shop.csproj");

        var project = AppHost().AddProject("shop", path).Resource.GetProjectMetadata();

        project.ProjectPath.ShouldBe(_temp.File("Shop/Shop.csproj"));
        project.SuppressBuild.ShouldBeFalse();
        project.LaunchSettings.ShouldBeNull();
        project.IsFileBasedApp.ShouldBeFalse();
    }

    [Fact]
    public void A_project_file_that_is_missing_is_named()
        => Should.Throw<DistributedApplicationException>(() => AppHost().AddProject("shop", "Shop/Shop.csproj")).Message.ShouldBe(
            $"Resource 'shop': the project file '{_temp.File("Shop/Shop.csproj")}' does not exist. Correct the path; a relative one starts at the AppHost's folder.");

    [Fact]
    public void A_folder_with_several_projects_is_no_answer()
    {
        Write("Shop/Shop.csproj");
        Write("Shop/Other.csproj");

        Should.Throw<DistributedApplicationException>(() => AppHost().AddProject("shop", "Shop")).Message.ShouldBe(
            $"Resource 'shop': the folder '{_temp.File("Shop")}' has 2 project files (Other.csproj, Shop.csproj). Name one of them.");
    }

    [Fact]
    public void A_folder_without_anything_to_run_is_no_answer()
    {
        Write("Shop/readme.txt");

        Should.Throw<DistributedApplicationException>(() => AppHost().AddProject("shop", "Shop")).Message.ShouldBe(
            $"Resource 'shop': the folder '{_temp.File("Shop")}' has neither a project file nor a *.runtimeconfig.json, so there is nothing to run. Publish the site there, or correct the path.");
    }

    [Fact]
    public void A_resource_that_could_not_be_added_is_not_in_the_model()
    {
        var builder = AppHost();

        Should.Throw<DistributedApplicationException>(() => builder.AddProject("shop", "Shop"));

        builder.Resources.ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_a_site_was_published_to_is_run_as_it_is()
    {
        Write("out/Shop.runtimeconfig.json");
        Write("out/Shop.dll");

        var shop = AppHost().AddProject("shop", "out").Resource;

        shop.GetProjectMetadata().ProjectPath.ShouldBe(_temp.File("out/Shop.dll"));
        shop.GetProjectMetadata().SuppressBuild.ShouldBeTrue();
        shop.Annotations.OfType<PublishedSiteAnnotation>().Single().ShouldBe(new PublishedSiteAnnotation(_temp.File("out"), _temp.File("out/Shop.runtimeconfig.json")));
    }

    [Fact]
    public void A_folder_with_several_published_programs_is_no_answer()
    {
        Write("out/Shop.runtimeconfig.json");
        Write("out/Other.runtimeconfig.json");

        Should.Throw<DistributedApplicationException>(() => AppHost().AddProject("shop", "out")).Message.ShouldBe(
            $"Resource 'shop': the folder '{_temp.File("out")}' has 2 published programs (Other.runtimeconfig.json, Shop.runtimeconfig.json). Publish each to a folder of its own.");
    }

    [Fact]
    public void A_setting_points_a_project_at_a_published_folder_and_its_launch_profile_does_not_count()
    {
        Write("out/Site.runtimeconfig.json");

        var site = AppHost("--Stack:Projects:site:Folder=out").AddProject<Models.Site>("site", "other");

        site.Resource.Annotations.OfType<PublishedSiteAnnotation>().Single().Folder.ShouldBe(_temp.File("out"));
        site.Resource.GetEndpoints().ShouldBeEmpty();
        site.Resource.GetProjectMetadata().ShouldBeOfType<Models.Site>();
    }

    [Fact]
    public void A_published_folder_has_Kestrel_settings_too()
    {
        Write("out/Site.runtimeconfig.json");
        Write("out/appsettings.json", """{ "Kestrel": { "Endpoints": { "Http": { "Url": "http://*:5001" } } } }""");

        var site = AppHost("--Stack:Projects:site:Folder=out").AddProject<Models.Site>("site");

        site.Resource.Endpoint("http").Port.ShouldBe(5001);
    }

    [Fact]
    public void A_published_folder_that_is_missing_is_named()
        => Should.Throw<DistributedApplicationException>(() => AppHost("--Stack:Projects:site:Folder=out").AddProject<Models.Site>("site")).Message.ShouldBe(
            $"Resource 'site': the folder '{_temp.File("out")}' does not exist. Publish the site there, or correct the path.");

    [Fact]
    public void The_project_of_a_class_is_looked_for_when_its_launch_settings_are_read()
        => Should.Throw<DistributedApplicationException>(() => Models.Empty().AddProject<Missing>("site")).Message.ShouldBe(
            "Resource 'site': the project file '/nowhere/Site.csproj' does not exist. Build the AppHost again, or correct the path.");

    [Fact]
    public void Metadata_says_nothing_more_than_it_has_to()
    {
        IProjectMetadata metadata = new Missing();

        metadata.LaunchSettings.ShouldBeNull();
        metadata.SuppressBuild.ShouldBeFalse();
        metadata.IsFileBasedApp.ShouldBeFalse();
        ((IProjectMetadata)new FileBased()).IsFileBasedApp.ShouldBeTrue();
    }

    [Fact]
    public void A_project_without_metadata_says_so()
        => Should.Throw<InvalidOperationException>(() => new ProjectResource("site").GetProjectMetadata()).Message.ShouldBe(
            "The project resource 'site' does not say where its project is. Add it with AddProject, or give it an annotation that implements IProjectMetadata.");

    [Fact]
    public void The_projects_of_a_model_can_be_listed()
    {
        var builder = Models.Empty();
        builder.AddSite();
        builder.AddExecutable("tool", "/bin/true", ".");

        new DistributedApplicationModel(builder.Resources).GetProjectResources().Single().Name.ShouldBe("site");
    }

    private IDistributedApplicationBuilder AppHost(params string[] args)
        => DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true, ProjectDirectory = _temp.Path });

    private void Write(string name, string text = "{}")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_temp.File(name))!);
        File.WriteAllText(_temp.File(name), text);
    }

    private sealed class Missing : IProjectMetadata
    {
        public string ProjectPath => "/nowhere/Site.csproj";
    }

    private sealed class FileBased : IProjectMetadata
    {
        public string ProjectPath => "/somewhere/app.cs";
    }
}
