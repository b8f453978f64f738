using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hosting.Testing.Tests;

public sealed class CreateTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("generic")]
    [InlineData("generic with arguments")]
    [InlineData("generic with a callback")]
    [InlineData("type")]
    [InlineData("type with arguments")]
    [InlineData("type with a callback")]
    public async Task Each_form_runs_the_AppHost_up_to_its_Build(string form)
    {
        string[] args = ["--Mine=yes"];
        var appHost = typeof(Projects.AppHost);
        var called = 0;
        void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) => called++;

        await using var builder = await (form switch
        {
            "generic" => DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(Cancelled),
            "generic with arguments" => DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(args, Cancelled),
            "generic with a callback" => DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(args, Configure, Cancelled),
            "type" => DistributedApplicationTestingBuilder.CreateAsync(appHost, Cancelled),
            "type with arguments" => DistributedApplicationTestingBuilder.CreateAsync(appHost, args, Cancelled),
            _ => DistributedApplicationTestingBuilder.CreateAsync(appHost, args, Configure, Cancelled),
        });

        builder.Resources.Select(r => r.Name).ShouldBe(["board", "migrations", "site", "nginx"]);
        builder.AppHostDirectory.ShouldBe(Projects.AppHost.ProjectPath);
        builder.AppHostAssembly.ShouldBe(typeof(Projects.AppHost).Assembly);
        builder.Configuration["Mine"].ShouldBe(form.Contains("with", StringComparison.Ordinal) ? "yes" : null);
        called.ShouldBe(form.Contains("callback", StringComparison.Ordinal) ? 1 : 0);
    }

    [Theory]
    [InlineData("DcpPublisher:RandomizePorts", "true")]
    [InlineData("DcpPublisher:WaitForResourceCleanup", "true")]
    [InlineData("DcpPublisher:ContainerRuntimeInitializationTimeout", "00:00:30")]
    [InlineData("ASPNETCORE_URLS", "http://localhost:8080")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:4317")]
    public async Task A_setting_of_tests_is_there_unless_something_sets_it(string key, string value)
    {
        await using var plain = DistributedApplicationTestingBuilder.Create();
        await using var byArgument = DistributedApplicationTestingBuilder.Create($"--{key}=mine");
        await using var byCallback = DistributedApplicationTestingBuilder.Create([], (_, settings) =>
        {
            settings.Configuration ??= new ConfigurationManager();
            settings.Configuration.AddInMemoryCollection([KeyValuePair.Create(key, (string?)"mine")]);
        });

        plain.Configuration[key].ShouldBe(value);
        byArgument.Configuration[key].ShouldBe("mine");
        byCallback.Configuration[key].ShouldBe("mine");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("--DisableDashboard=false", false)]
    [InlineData("--DisableDashboard=true", true)]
    public async Task There_is_no_dashboard_unless_the_arguments_say_otherwise(string? argument, bool disabled)
    {
        await using var builder = DistributedApplicationTestingBuilder.Create(argument is null ? [] : [argument]);
        await using var app = await builder.BuildAsync(Cancelled);

        (app.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard || builder.Configuration.GetValue("DisableDashboard", false)).ShouldBe(disabled);
    }

    [Fact]
    public async Task A_callback_may_take_the_dashboard_back()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        await using var app = await builder.BuildAsync(Cancelled);

        app.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard.ShouldBeFalse();
        builder.Configuration["DisableDashboard"].ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "Development")]
    [InlineData("--environment=Staging", "Staging")]
    public async Task Tests_run_in_Development_unless_the_arguments_say_otherwise(string? argument, string environment)
    {
        await using var builder = DistributedApplicationTestingBuilder.Create(argument is null ? [] : [argument]);

        builder.Environment.EnvironmentName.ShouldBe(environment);
    }

    [Fact]
    public async Task An_AppHost_has_the_environment_of_its_launch_profile()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(Cancelled);

        builder.Configuration["DOTNET_ENVIRONMENT"].ShouldBe("Development");
        builder.Environment.EnvironmentName.ShouldBe("Development");
        builder.Environment.ApplicationName.ShouldBe("AppHost");
    }

    [Fact]
    public async Task Switches_of_the_AppHost_work_in_the_tests_arguments()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--publisher", "manifest", "--output-path", "x");

        builder.ExecutionContext.IsPublishMode.ShouldBeTrue();
        builder.Configuration["Pipeline:OutputPath"].ShouldBe("x");
    }

    [Fact]
    public async Task The_builder_is_a_builder_in_every_way()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        IDistributedApplicationBuilder plain = builder;

        var tool = builder.AddResource(new ExecutableResource("tool", "/bin/true", "/"));

        builder.CreateResourceBuilder(tool.Resource).Resource.ShouldBeSameAs(tool.Resource);
        plain.Resources.ShouldBe([tool.Resource]);
        plain.Pipeline.ShouldBeSameAs(builder.Pipeline);
        plain.Services.ShouldBeSameAs(builder.Services);
        plain.Eventing.ShouldBeSameAs(builder.Eventing);
        plain.ExecutionContext.ShouldBeSameAs(builder.ExecutionContext);
        plain.UserSecretsManager.ShouldBeSameAs(builder.UserSecretsManager);
        plain.FileSystemService.ShouldBeSameAs(builder.FileSystemService);
    }

    [Fact]
    public async Task A_builder_builds_once()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        await builder.BuildAsync(Cancelled);

        (await Should.ThrowAsync<InvalidOperationException>(() => builder.BuildAsync(Cancelled)))
            .Message.ShouldBe("This builder has built its application already. Create another builder.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposing_the_builder_disposes_what_it_built(bool asynchronous)
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        var app = await builder.BuildAsync(Cancelled);

        if (asynchronous)
        {
            await builder.DisposeAsync();
        }
        else
        {
            builder.Dispose();
        }

        Should.Throw<ObjectDisposedException>(() => app.Services.GetService<TimeProvider>());
    }

    [Fact]
    public async Task A_wrong_model_is_told_when_it_is_built()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.Resources.Add(new ExecutableResource("same", "/bin/true", "/"));
        builder.Resources.Add(new ExecutableResource("same", "/bin/true", "/"));

        (await Should.ThrowAsync<DistributedApplicationException>(() => builder.BuildAsync(Cancelled))).Message.ShouldContain("'same'");
    }
}
