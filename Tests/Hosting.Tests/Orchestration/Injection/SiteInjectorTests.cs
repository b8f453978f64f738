using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Orchestration.Injection;
using Testing;

namespace Hosting.Tests.Orchestration.Injection;

/// <summary>What an injected site is started with.</summary>
public sealed class SiteInjectorTests : IDisposable
{
    private readonly SiteFolder _site = new SiteFolder().Runtime().Dependencies().With("inject/Stack.Inject.dll");
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void Both_variables_name_the_files_beside_the_AppHost()
    {
        Dictionary<string, string> environment = [];

        Injector().Apply(_site.Program, environment).ShouldBe(["DOTNET_STARTUP_HOOKS", "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"]);

        environment.ShouldBe(new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = _site.Hook, ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "Stack.Inject" });
    }

    [Fact]
    public void What_the_user_set_comes_first_and_a_second_launch_adds_nothing()
    {
        Dictionary<string, string> environment = new() { ["DOTNET_STARTUP_HOOKS"] = "/a/Profiler.dll:/b/Other.dll", ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "Mine; Yours" };
        var injector = Injector();

        injector.Apply(_site.Program, environment);
        injector.Apply(_site.Program, environment);

        environment["DOTNET_STARTUP_HOOKS"].ShouldBe($"/a/Profiler.dll:/b/Other.dll:{_site.Hook}");
        environment["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"].ShouldBe("Mine;Yours;Stack.Inject");
    }

    [Fact]
    public void Site_that_has_them_keeps_its_variables_as_they_are()
    {
        _site.Dependencies("""{"libraries":{"Stack.ServiceDefaults/0.1.0":{}}}""");
        Dictionary<string, string> environment = new() { ["DOTNET_STARTUP_HOOKS"] = "/a/Profiler.dll" };

        Injector().Apply(_site.Program, environment).ShouldBeEmpty();

        environment.ShouldBe(new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = "/a/Profiler.dll" });
    }

    [Fact]
    public void Missing_file_would_end_the_site_so_it_starts_without_and_that_is_said_once()
    {
        File.Delete(_site.Hook);
        Dictionary<string, string> environment = [];
        var injector = Injector();

        injector.Apply(_site.Program, environment);
        injector.Apply(_site.Program, environment);

        environment.ShouldBeEmpty();
        _logger.Entries.Select(e => e.Message).ShouldBe([$"Resource 'site': ServiceDefaults can't be added to the site: '{_site.Hook}' does not exist. Build the AppHost again, or set Stack:Inject:Folder."]);
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Setting_and_call_turn_it_off(bool enabled, bool? call, bool expected)
    {
        var builder = Models.Empty($"--Stack:Inject:Enabled={enabled}", $"--Stack:Inject:Folder={_site.Inject}");
        var site = builder.AddSite().WithServiceDefaults(call);
        using var services = builder.Services.BuildServiceProvider();

        (SiteInjector.For(site.Resource, services.GetRequiredService<StackOptions>(), _logger) is not null).ShouldBe(expected);
    }

    [Fact]
    public void Folder_is_beside_the_AppHost_unless_it_is_set()
    {
        using var services = Models.Empty().Services.BuildServiceProvider();
        using var set = Models.Empty("--Stack:Inject:Folder=files").Services.BuildServiceProvider();

        services.GetRequiredService<StackOptions>().InjectFolder.ShouldBe(Path.Combine(AppContext.BaseDirectory, "inject"));
        set.GetRequiredService<StackOptions>().InjectFolder.ShouldBe(Path.Combine(Path.GetTempPath(), "files"));
    }

    [Fact]
    public void Only_projects_are_sites()
    {
        var builder = Models.Empty($"--Stack:Inject:Folder={_site.Inject}");
        var tool = builder.AddExecutable("tool", "/bin/true", "/");
        using var services = builder.Services.BuildServiceProvider();

        SiteInjector.For(tool.Resource, services.GetRequiredService<StackOptions>(), _logger).ShouldBeNull();
    }

    private SiteInjector Injector() => new(new ProjectResource("site"), _site.Inject, _logger);
}
