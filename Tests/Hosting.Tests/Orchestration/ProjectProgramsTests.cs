using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class ProjectProgramsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_published_site_runs_in_its_own_folder()
    {
        Write("Shop.runtimeconfig.json", """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } } }""");
        Write("Shop.dll");

        var (file, first, folder) = await ResolveAsync(builder => builder.AddProject("shop", _temp.Path));

        Path.GetFileNameWithoutExtension(file).ShouldBe("dotnet");
        first.ShouldBe([_temp.File("Shop.dll")]);
        folder.ShouldBe(_temp.Path);
    }

    [Fact]
    public async Task One_that_brings_its_runtime_along_is_the_program_itself()
    {
        Write("Shop.runtimeconfig.json", """{ "runtimeOptions": { "includedFrameworks": [ { "name": "Microsoft.NETCore.App", "version": "10.0.0" } ] } }""");
        Write("Shop");

        var (file, first, folder) = await ResolveAsync(builder => builder.AddProject("shop", _temp.Path));

        file.ShouldBe(_temp.File("Shop"));
        first.ShouldBeEmpty();
        folder.ShouldBe(_temp.Path);
    }

    [Fact]
    public async Task A_published_program_that_is_missing_is_named()
    {
        Write("Shop.runtimeconfig.json");

        (await Should.ThrowAsync<DistributedApplicationException>(() => ResolveAsync(builder => builder.AddProject("shop", _temp.Path)))).Message.ShouldBe(
            $"Resource 'shop': the published program '{_temp.File("Shop.dll")}' does not exist. Publish the site again: dotnet publish -o \"{_temp.Path}\"");
    }

    [Fact]
    public async Task An_output_that_is_missing_is_named_with_the_command_that_makes_it()
        => (await Should.ThrowAsync<DistributedApplicationException>(() => ResolveAsync(builder => builder.AddSite()))).Message.ShouldBe(
            $"Resource 'site': the built assembly '{new Models.Site().TargetPath}' does not exist. Build it: dotnet build \"{new Models.Site().ProjectPath}\"");

    [Fact]
    public async Task An_executable_is_its_command()
    {
        var (file, first, folder) = await ResolveAsync(builder => builder.AddExecutable("tool", "/bin/true", "/"));

        file.ShouldBe("/bin/true");
        first.ShouldBeEmpty();
        folder.ShouldBe("/");
    }

    [Fact]
    public async Task A_project_without_metadata_has_nothing_to_run()
        => (await Should.ThrowAsync<DistributedApplicationException>(() => ResolveAsync(builder => builder.AddResource(new ProjectResource("site"))))).Message.ShouldBe(
            "Resource 'site' (Project) has nothing that can be run: it is neither a project nor an executable.");

    private static async Task<(string File, string[] First, string Folder)> ResolveAsync(Action<IDistributedApplicationBuilder> declare)
    {
        var builder = Models.Empty();
        declare(builder);
        return await ProjectPrograms.ResolveAsync(Plans.Of(builder).Resources[0], null, () => throw new InvalidOperationException("nothing is to be built"), TestContext.Current.CancellationToken);
    }

    private void Write(string name, string text = "{}") => File.WriteAllText(_temp.File(name), text);
}
