using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Orchestration;

namespace Hosting.Tests.Building;

public sealed class BuilderConfigurationTests
{
    [Fact]
    public void The_configuration_says_where_the_AppHost_is()
    {
        var builder = In("/srv/shop");

        builder.AppHostDirectory.ShouldBe("/srv/shop");
        builder.Configuration["AppHost:Directory"].ShouldBe("/srv/shop");
        builder.Configuration["AppHost:Path"].ShouldBe("/srv/shop/Hosting.Tests");
        builder.Configuration["AppHost:FilePath"].ShouldStartWith("/srv/shop/Hosting.Tests");
        builder.Configuration["Aspire:Store:Path"].ShouldBe("/srv/shop/obj");
        builder.AppHostPath.ShouldBe(builder.Configuration["AppHost:FilePath"]);
    }

    [Fact]
    public void The_hashes_of_path_and_name_are_upper_hex_and_the_mode_chooses()
    {
        var run = In("/srv/Shop").Configuration;
        var publish = In("/srv/Shop", "--operation", "publish").Configuration;

        run["AppHost:PathSha256"].ShouldBe(Hash("/srv/shop/hosting.tests"));
        run["AppHost:ProjectNameSha256"].ShouldBe(Hash("Hosting.Tests"));
        run["AppHost:Sha256"].ShouldBe(run["AppHost:PathSha256"]);
        publish["AppHost:Sha256"].ShouldBe(publish["AppHost:ProjectNameSha256"]);
    }

    [Fact]
    public void A_preset_hash_stands_for_all_three()
    {
        var configuration = In("/srv/shop", "AppHostSha=ABC").Configuration;

        new[] { "AppHost:Sha256", "AppHost:PathSha256", "AppHost:ProjectNameSha256" }.Select(k => configuration[k]).ShouldAllBe(v => v == "ABC");
    }

    [Fact]
    public void The_store_can_be_put_elsewhere()
        => In("/srv/shop", "Aspire:Store:Path=../store").Configuration["Aspire:Store:Path"].ShouldBe("/srv/store");

    [Fact]
    public void The_dashboard_shows_the_name_that_is_given()
    {
        In("/srv/shop").Configuration["AppHost:DashboardApplicationName"].ShouldBe("Hosting.Tests");
        new DistributedApplicationBuilder(new DistributedApplicationOptions { DashboardApplicationName = "Shop" }).Configuration["AppHost:DashboardApplicationName"].ShouldBe("Shop");
    }

    [Fact]
    public void All_options_exist_with_their_defaults()
    {
        var options = new DistributedApplicationOptions();

        options.Args.ShouldBeNull();
        options.AssemblyName.ShouldBeNull();
        options.ProjectDirectory.ShouldBeNull();
        options.DashboardApplicationName.ShouldBeNull();
        options.ContainerRegistryOverride.ShouldBeNull();
        options.DisableDashboard.ShouldBeFalse();
        options.AllowUnsecuredTransport.ShouldBeFalse();
        options.EnableResourceLogging.ShouldBeFalse();
        options.TrustDeveloperCertificate.ShouldBeNull();
        options.DeveloperCertificateDefaultHttpsTerminationEnabled.ShouldBeNull();
    }

    [Fact]
    public void An_execution_context_can_be_made_of_options()
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        var context = new DistributedApplicationExecutionContext(new DistributedApplicationExecutionContextOptions(DistributedApplicationOperation.Publish, "docker") { ServiceProvider = services });

        context.IsPublishMode.ShouldBeTrue();
        context.PublisherName.ShouldBe("docker");
        context.ServiceProvider.ShouldBe(services);
        new DistributedApplicationExecutionContext(new DistributedApplicationExecutionContextOptions(DistributedApplicationOperation.Run)).PublisherName.ShouldBe("manifest");
        ((int)DistributedApplicationOperation.Run).ShouldBe(0);
        ((int)DistributedApplicationOperation.Publish).ShouldBe(1);
    }

    [Fact]
    public void Services_are_not_there_before_the_application_is_built()
    {
        var builder = In("/srv/shop");

        Should.Throw<InvalidOperationException>(() => builder.ExecutionContext.ServiceProvider).Message.ShouldBe(
            "The services are not available before the application is built. Call Build() first.");
    }

    [Fact]
    public void An_AppHost_that_was_published_is_told_where_it_and_the_dashboard_are()
    {
        var builder = new DistributedApplicationBuilder(["--AppHost:Directory=/opt/shop/apphost", "--Stack:Dashboard:Folder=../dashboard"]);
        using var app = builder.Build();

        builder.AppHostDirectory.ShouldBe("/opt/shop/apphost");
        app.Services.GetRequiredService<StackOptions>().DashboardAssembly.ShouldBe("/opt/shop/dashboard/Stack.Dashboard.dll");
    }

    [Fact]
    public void User_code_finds_its_services()
    {
        var options = new DistributedApplicationOptions { DisableDashboard = true, ProjectDirectory = Path.GetTempPath() };
        var builder = new DistributedApplicationBuilder(options);
        using var app = builder.Build();
        var services = app.Services;

        builder.ExecutionContext.ServiceProvider.ShouldBe(services);
        services.GetRequiredService<DistributedApplicationModel>().Resources.ShouldBe(builder.Resources);
        services.GetRequiredService<IDistributedApplicationEventing>().ShouldBe(builder.Eventing);
        services.GetRequiredService<DistributedApplicationExecutionContext>().ShouldBe(builder.ExecutionContext);
        services.GetRequiredService<DistributedApplicationOptions>().ShouldBe(options);
        services.GetRequiredService<IFileSystemService>().ShouldBe(builder.FileSystemService);
        services.GetRequiredService<IUserSecretsManager>().ShouldBe(builder.UserSecretsManager);
        services.GetRequiredService<IAspireStore>().BasePath.ShouldBe(Path.Combine(Path.GetTempPath(), "obj", ".aspire"));
        services.GetRequiredService<TimeProvider>().ShouldBe(TimeProvider.System);
        services.GetRequiredService<IHttpClientFactory>().ShouldNotBeNull();
        services.GetRequiredService<HealthCheckService>().ShouldNotBeNull();
        services.GetRequiredService<ResourceNotificationService>().ShouldNotBeNull();
        services.GetRequiredService<ResourceLoggerService>().ShouldNotBeNull();
        services.GetRequiredService<ResourceCommandService>().ShouldNotBeNull();
    }

    [Fact]
    public void A_service_of_ones_own_takes_the_place_of_ours()
    {
        var time = new Testing.ManualTimeProvider();
        var builder = Models.Empty();
        builder.Services.AddSingleton<TimeProvider>(time);
        using var app = builder.Build();

        app.Services.GetRequiredService<TimeProvider>().ShouldBe(time);
    }

    [Fact]
    public void Temporary_files_go_with_the_application()
    {
        var builder = Models.Empty();
        var folder = builder.FileSystemService.TempDirectory.CreateTempSubdirectory("stack-test-").Path;
        Directory.Exists(folder).ShouldBeTrue();

        builder.Build().Dispose();

        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public void A_builder_without_files_and_secrets_of_its_own_has_those_of_the_interface()
    {
        IDistributedApplicationBuilder bare = new Bare();

        bare.UserSecretsManager.IsAvailable.ShouldBeFalse();
        bare.AppHostAssembly.ShouldBeNull();
        using var file = bare.FileSystemService.TempDirectory.CreateTempFile("a.txt");
        File.Exists(file.Path).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Microsoft.Hosting.Lifetime", LogLevel.Information, false)]
    [InlineData("Microsoft.Hosting.Lifetime", LogLevel.Warning, true)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, true)]
    [InlineData("Microsoft.AspNetCore.Server.KestrelServer", LogLevel.Warning, true)]
    [InlineData("Aspire.Hosting.Dashboard", LogLevel.Warning, false)]
    [InlineData("Aspire.Hosting.Dashboard", LogLevel.Error, true)]
    [InlineData("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.Error, true)]
    [InlineData("My.Own.Category", LogLevel.Information, true)]
    public void The_log_is_filtered_by_category(string category, LogLevel level, bool expected)
    {
        using var app = Models.Empty().Build();

        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level).ShouldBe(expected);
    }

    [Fact]
    public void With_a_dashboard_the_service_of_the_health_checks_is_silent()
    {
        using var app = new DistributedApplicationBuilder(new DistributedApplicationOptions { ProjectDirectory = Path.GetTempPath() }).Build();

        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService").IsEnabled(LogLevel.Critical).ShouldBeFalse();
    }

    [Fact]
    public void Filters_can_be_changed_by_configuration()
    {
        using var app = Models.Empty("Logging:LogLevel:Microsoft.Hosting.Lifetime=Information").Build();

        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.Hosting.Lifetime").IsEnabled(LogLevel.Information).ShouldBeTrue();
    }

    [Fact]
    public void Those_who_listen_hear_of_the_builder_and_may_change_its_settings()
    {
        var marker = $"/marker/{Guid.NewGuid():N}";
        List<string> heard = [];
        using var all = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == "Aspire.Hosting")
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(e =>
                {
                    switch (e)
                    {
                        case { Key: "DistributedApplicationBuilderConstructing", Value: (DistributedApplicationOptions options, HostApplicationBuilderSettings settings) } when options.ProjectDirectory == marker:
                            settings.Args = [.. settings.Args ?? [], "--operation", "publish"];
                            heard.Add(e.Key);
                            break;
                        case { Value: DistributedApplicationBuilder { AppHostDirectory: var folder } } when folder == marker:
                            heard.Add(e.Key);
                            break;
                        case { Value: DistributedApplication app } when app.Services.GetRequiredService<IConfiguration>()["AppHost:Directory"] == marker:
                            heard.Add(e.Key);
                            break;
                        default:
                            break;
                    }
                }));
            }
        }));

        var builder = In(marker);
        builder.Build().Dispose();

        heard.ShouldBe(["DistributedApplicationBuilderConstructing", "DistributedApplicationBuilderConstructed", "DistributedApplicationBuilding", "DistributedApplicationBuilt"]);
        builder.ExecutionContext.IsPublishMode.ShouldBeTrue();
    }

    [Fact]
    public void A_resource_is_found_by_its_name_in_any_case()
    {
        var builder = Models.Empty();
        var site = builder.AddSite();

        builder.CreateResourceBuilder<ProjectResource>("SITE").Resource.ShouldBe(site.Resource);
        builder.CreateResourceBuilder<IResourceWithEndpoints>("site").Resource.ShouldBe(site.Resource);
        builder.TryCreateResourceBuilder<ProjectResource>("Site", out var found).ShouldBeTrue();
        found!.Resource.ShouldBe(site.Resource);
    }

    [Fact]
    public void A_resource_that_is_not_there_is_named()
    {
        var builder = Models.Empty();
        Should.Throw<InvalidOperationException>(() => builder.CreateResourceBuilder<ProjectResource>("site")).Message.ShouldBe(
            "There is no resource 'site'. Add it before, or use one of: (there is none).");
        builder.AddTool();

        Should.Throw<InvalidOperationException>(() => builder.CreateResourceBuilder<ProjectResource>("site")).Message.ShouldBe(
            "There is no resource 'site'. Add it before, or use one of: 'tool'.");
        Should.Throw<InvalidOperationException>(() => builder.CreateResourceBuilder<ProjectResource>("tool")).Message.ShouldBe(
            "The resource 'tool' is a ExecutableResource, not a ProjectResource. Ask for that type.");
        builder.TryCreateResourceBuilder<ProjectResource>("site", out var none).ShouldBeFalse();
        none.ShouldBeNull();
        builder.TryCreateResourceBuilder<ProjectResource>("tool", out _).ShouldBeFalse();
    }

    [Fact]
    public void Publishing_reads_what_an_earlier_deployment_saved_unless_it_is_not_wanted()
    {
        using var home = new Testing.TempFolder();
        var before = Environment.GetEnvironmentVariable("HOME");
        Environment.SetEnvironmentVariable("HOME", home.Path);
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(home.Path, ".aspire", "deployments", "ABC")).FullName;
            File.WriteAllText(Path.Combine(folder, "staging.json"), """{ "Parameters": { "key": "saved", "other": "saved too" } }""");
            string[] args = ["AppHostSha=ABC", "--environment", "Staging", "Parameters:other=given"];

            Models.Empty([.. args, "--operation", "publish"]).Configuration["Parameters:key"].ShouldBe("saved");
            Models.Empty([.. args, "--operation", "publish"]).Configuration["Parameters:other"].ShouldBe("given");
            Models.Empty([.. args, "--operation", "publish", "--clear-cache"]).Configuration["Parameters:key"].ShouldBeNull();
            Models.Empty(args).Configuration["Parameters:key"].ShouldBeNull("it is for publishing only");
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOME", before);
        }
    }

    private static DistributedApplicationBuilder In(string folder, params string[] args)
        => new(new DistributedApplicationOptions { Args = args, DisableDashboard = true, ProjectDirectory = folder });

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    /// <summary>A builder written against the abstract members only.</summary>
    private sealed class Bare : IDistributedApplicationBuilder
    {
        public ConfigurationManager Configuration => throw new NotSupportedException();

        public string AppHostDirectory => throw new NotSupportedException();

        public IHostEnvironment Environment => throw new NotSupportedException();

        public IServiceCollection Services => throw new NotSupportedException();

        public DistributedApplicationExecutionContext ExecutionContext => throw new NotSupportedException();

        public IDistributedApplicationEventing Eventing => throw new NotSupportedException();

        public Aspire.Hosting.Pipelines.IDistributedApplicationPipeline Pipeline => throw new NotSupportedException();

        public IResourceCollection Resources => throw new NotSupportedException();

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource => throw new NotSupportedException();

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => throw new NotSupportedException();

        public DistributedApplication Build() => throw new NotSupportedException();
    }
}
