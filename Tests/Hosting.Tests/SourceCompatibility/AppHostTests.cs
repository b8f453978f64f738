using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hosting.Tests.SourceCompatibility;

/// <summary>Programs as AppHosts for Aspire are written: that they compile is most of what is tested.</summary>
public sealed class AppHostTests
{
    private static readonly string[] Commands = ["clear", "ping"];

    [Fact]
    public void AContainerHasAnEndpointByItsTargetPort()
    {
        var builder = Models.Empty();
        var mail = builder.AddContainer("mail", "example/mail", tag: "2.0").WithHttpEndpoint(targetPort: 8025, name: "web").WithEndpoint(port: 2525, targetPort: 1025, name: "smtp", scheme: "smtp");

        mail.Resource.TryGetEndpoints(out var endpoints).ShouldBeTrue();
        endpoints.Select(e => $"{e.Name} {e.UriScheme} {e.Port} {e.TargetPort}").ShouldBe(["web http  8025", "smtp smtp 2525 1025"]);
        mail.Resource.TryGetContainerImageName(out var image).ShouldBeTrue();
        image.ShouldBe("example/mail:2.0");
    }

    [Fact]
    public async Task EveryKindOfReferenceIsInTheEnvironment()
    {
        var builder = Models.Empty("ConnectionStrings:legacy=Server=old");
        var password = builder.AddParameter("password", () => "p1", secret: true);
        var topic = builder.AddQueue("queue", password).AddTopic("orders");
        var api = builder.AddSite("api");
        var weather = builder.AddExternalService("weather", "https://weather.example/");
        var legacy = builder.AddConnectionString("legacy");
        var derived = builder.AddConnectionString("derived", ReferenceExpression.Create($"{legacy};App={"web"}"));
        var web = builder.AddExecutable("web", "web", ".")
            .WithReference(topic, connectionName: "topic", optional: false)
            .WithReference(api)
            .WithReference(api, "backend")
            .WithReference(api.GetEndpoint("http"))
            .WithReference(weather)
            .WithReference("docs", new Uri("https://docs.example/"))
            .WithReference(legacy)
            .WithReference(derived, optional: true);

        var configuration = await ExecutionConfigurationBuilder.Create(web.Resource).WithEnvironmentVariablesConfig().BuildAsync(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), cancellationToken: TestContext.Current.CancellationToken);

        var environment = configuration.EnvironmentVariables.ToDictionary(v => v.Key, v => v.Value);
        environment["ConnectionStrings__topic"].ShouldBe("{orders.connectionString}");
        environment["ConnectionStrings__legacy"].ShouldBe("{legacy.connectionString}");
        environment["ConnectionStrings__derived"].ShouldBe("{derived.connectionString}");
        environment["services__api__http__0"].ShouldBe("{api.bindings.http.url}");
        environment["services__backend__http__0"].ShouldBe("{api.bindings.http.url}");
        environment["services__docs__default__0"].ShouldBe("https://docs.example/");
        environment.Keys.ShouldContain("services__weather__https__0");
    }

    [Fact]
    public async Task AVariableTakesATextWithValuesInIt()
    {
        var builder = Models.Empty();
        var key = builder.AddParameter("key", "k1");
        var api = builder.AddContainer("api", "api").WithHttpEndpoint(targetPort: 80);
        var web = builder.AddExecutable("web", "web", ".")
            .WithEnvironment("PLAIN", "1")
            .WithEnvironment("MIXED", $"{api.GetEndpoint("http")}/v1?key={key}")
            .WithEnvironment("PARAMETER", key)
            .WithEnvironment("ENDPOINT", api.GetEndpoint("http"))
            .WithEnvironment("HOST", api.GetEndpoint("http").Property(EndpointProperty.HostAndPort))
            .WithEnvironment("LATE", () => "late")
            .WithEnvironment(context =>
            {
                if (context.ExecutionContext.IsPublishMode)
                {
                    context.EnvironmentVariables["MODE"] = "publish";
                }
            })
            .WithEnvironment(async context =>
            {
                await Task.Yield();
                context.EnvironmentVariables["NAME"] = context.Resource.Name;
            });

        var configuration = await ExecutionConfigurationBuilder.Create(web.Resource).WithEnvironmentVariablesConfig().BuildAsync(new(DistributedApplicationOperation.Publish), cancellationToken: TestContext.Current.CancellationToken);

        var environment = configuration.EnvironmentVariables.ToDictionary(v => v.Key, v => v.Value);
        environment["MIXED"].ShouldBe("{api.bindings.http.url}/v1?key={key.value}");
        environment["PARAMETER"].ShouldBe("{key.value}");
        environment["HOST"].ShouldBe("{api.bindings.http.host}:{api.bindings.http.port}");
        new[] { "PLAIN", "LATE", "MODE", "NAME" }.Select(n => environment[n]).ShouldBe(["1", "late", "publish", "web"]);
    }

    [Fact]
    public async Task ArgumentsAreTextsValuesOrTheWorkOfCallbacks()
    {
        var builder = Models.Empty();
        var key = builder.AddParameter("key", "k1");
        var tool = builder.AddExecutable("tool", "tool", workingDirectory: ".", "--verbose", "run")
            .WithArgs("--key", key.Resource)
            .WithArgs("a", "b")
            .WithArgs(context => context.Args.Add("c"))
            .WithArgs(async context =>
            {
                await Task.Yield();
                context.Args.Add(context.Resource.Name);
            });

        var configuration = await ExecutionConfigurationBuilder.Create(tool.Resource).WithArgumentsConfig().BuildAsync(new(DistributedApplicationOperation.Run), cancellationToken: TestContext.Current.CancellationToken);

        configuration.Arguments.Select(a => a.Value).ShouldBe(["--verbose", "run", "--key", "k1", "a", "b", "c", "tool"]);
    }

    [Fact]
    public void WaitsAreAnnotations()
    {
        var builder = Models.Empty();
        var queue = builder.AddQueue("queue");
        var seed = builder.AddExecutable("seed", "seed", ".").WaitFor(queue);
        var site = builder.AddSite().WaitFor(queue, WaitBehavior.StopOnResourceUnavailable).WaitForStart(queue).WaitForCompletion(seed, exitCode: 2);

        site.Resource.Annotations.OfType<WaitAnnotation>().Select(w => $"{w.Resource.Name} {w.WaitType} {w.WaitBehavior} {w.ExitCode}")
            .ShouldBe(["queue WaitUntilHealthy StopOnResourceUnavailable 0", "queue WaitUntilStarted  0", "seed WaitForCompletion  2"]);
    }

    [Fact]
    public async Task ACommandNeedsThreeArguments()
    {
        var builder = Models.Empty();
        var site = builder.AddSite()
            .WithCommand("clear", "Clear the cache", context => Task.FromResult(CommandResults.Success()))
            .WithCommand("ping", "Ping", executeCommand: async context => await Task.FromResult(CommandResults.Failure($"{context.ResourceName} is away")), commandOptions: new CommandOptions
            {
                UpdateState = context => context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
                IconName = "Star",
                IconVariant = IconVariant.Filled,
                IsHighlighted = true,
            });

        var commands = site.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(c => Commands.Contains(c.Name)).ToList();
        commands.Select(c => c.DisplayName).ShouldBe(["Clear the cache", "Ping"]);
        using var services = new ServiceCollection().BuildServiceProvider();
        var result = await commands[1].ExecuteCommand(new ExecuteCommandContext { ServiceProvider = services, ResourceName = "site", CancellationToken = TestContext.Current.CancellationToken });
        result.ErrorMessage.ShouldBe("site is away");
        commands[1].UpdateState(new UpdateCommandStateContext { ResourceSnapshot = new CustomResourceSnapshot { ResourceType = "T", Properties = [] }, ServiceProvider = services }).ShouldBe(ResourceCommandState.Disabled);
    }

    [Fact]
    public void AnHttpCommandJudgesTheAnswer()
    {
        var site = Models.Empty().AddSite().WithHttpCommand("/cache/clear", "Clear", endpointName: "http", commandName: "clear-cache", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Delete,
            PrepareRequest = context =>
            {
                context.Request.Headers.Add("X-Key", "1");
                return Task.CompletedTask;
            },
            GetCommandResult = async context => context.Response.IsSuccessStatusCode
                ? CommandResults.Success()
                : CommandResults.Failure(await context.HttpClient.GetStringAsync("/why", context.CancellationToken)),
        });

        site.Resource.Annotations.OfType<ResourceCommandAnnotation>().ShouldContain(c => c.Name == "clear-cache" && c.DisplayName == "Clear");
    }

    [Fact]
    public async Task UrlsAreChangedByCallbacks()
    {
        var builder = Models.Empty();
        var site = builder.AddSite()
            .WithUrl("https://docs.example/", "Docs")
            .WithUrl($"{builder.AddContainer("x", "x").WithHttpEndpoint(targetPort: 80).GetEndpoint("http")}/help")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Home")
            .WithUrlForEndpoint("http", endpoint => new() { Url = "/admin", DisplayText = endpoint.EndpointName, DisplayLocation = UrlDisplayLocation.DetailsOnly })
            .WithUrls(c => c.Urls.ForEach(u => u.DisplayOrder = 1));

        site.Resource.TryGetUrls(out var urls).ShouldBeTrue();
        urls.ShouldHaveSingleItem().DisplayText.ShouldBe("Docs");
        ResourceUrlsCallbackContext context = new(builder.ExecutionContext, site.Resource, [new() { Url = "u" }], TestContext.Current.CancellationToken);
        await site.Resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>().Last().Callback(context);
        context.Urls.ShouldHaveSingleItem().DisplayOrder.ShouldBe(1);
        context.GetEndpoint("http", KnownNetworkIdentifiers.LocalhostNetwork)!.ContextNetworkID.ShouldBe(KnownNetworkIdentifiers.LocalhostNetwork);
    }

    [Fact]
    public void HealthChecksComeFromTheServicesOrFromAnAddress()
    {
        var builder = Models.Empty();
        builder.Services.AddHealthChecks().AddCheck("disk", () => HealthCheckResult.Healthy());
        var site = builder.AddSite().WithHealthCheck("disk").WithHttpHealthCheck("/health", statusCode: 204, endpointName: "http");

        site.Resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => h.Key).ShouldBe(["disk", "site_http_/health_204_check"]);
    }

    [Fact]
    public void ModesBranch()
    {
        Build().Resources.Select(r => r.Name).ShouldBe(["cache", "tool"]);
        Build("--operation", "publish", "--step", "publish-manifest", "--output-path", "out").Resources.Select(r => r.Name).ShouldBe(["cache"]);

        static IDistributedApplicationBuilder Build(params string[] args)
        {
            var builder = Models.Empty(args);
            var cache = builder.ExecutionContext.IsPublishMode
                ? builder.AddConnectionString("cache")
                : builder.AddResource(new QueueResource("cache", new ParameterResource("p", _ => "", secret: true))).WithImage("cache");
            if (builder.ExecutionContext.IsRunMode)
            {
                builder.AddExecutable("tool", "tool", ".").WithReference(cache).WithExplicitStart().ExcludeFromManifest();
            }

            return builder;
        }
    }

    [Fact]
    public void AContainerTakesFilesVolumesAndRuntimeArguments()
    {
        var box = Models.Empty().AddContainer("box", "box")
            .WithVolume("data", "/data").WithVolume("/anonymous").WithBindMount("./conf", "/etc/conf", isReadOnly: true)
            .WithLifetime(ContainerLifetime.Persistent).WithImagePullPolicy(ImagePullPolicy.Always).WithContainerName("the-box").WithEntrypoint("/bin/box")
            .WithContainerRuntimeArgs("--cpus", "1").WithContainerRuntimeArgs(context => context.Args.Add("--init"))
            .WithContainerFiles("/etc/box", [new ContainerFile { Name = "a.conf", Contents = "a" }, new ContainerDirectory { Name = "d", Entries = [new ContainerFile { Name = "b", Contents = "b" }] }], defaultOwner: 1000)
            .WithContainerFiles("/etc/late", (context, token) => Task.FromResult<IEnumerable<ContainerFileSystemItem>>([new ContainerFile { Name = context.Model.Name, Contents = "" }]));

        box.Resource.TryGetContainerMounts(out var mounts).ShouldBeTrue();
        mounts.Select(m => $"{m.Type} {m.Target} {m.IsReadOnly}").ShouldBe(["Volume /data False", "Volume /anonymous False", "BindMount /etc/conf True"]);
        box.Resource.Entrypoint.ShouldBe("/bin/box");
        box.Resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().Select(f => f.DestinationPath).ShouldBe(["/etc/box", "/etc/late"]);
    }

    [Fact]
    public void EndpointsAreChangedAfterwards()
    {
        var site = Models.Empty().AddSite()
            .WithEndpoint("http", e => e.Port = 7000)
            .WithEndpoint("admin", e => { e.UriScheme = "http"; e.TargetPort = 9000; }, createIfNotExists: true)
            .WithHttpsEndpoint(name: "tls", env: "TLS_PORT", isProxied: true)
            .WithExternalHttpEndpoints().AsHttp2Service().WithReplicas(2).DisableForwardedHeaders()
            .WithEndpointsInEnvironment(e => e.Name != "admin");

        site.Resource.GetEndpoints().Select(e => $"{e.EndpointName} {e.Scheme} {e.EndpointAnnotation.Port} {e.TargetPort} {e.EndpointAnnotation.IsExternal}")
            .ShouldBe(["http http 7000  True", "admin http  9000 True", "tls https   True"]);
        site.Resource.GetReplicaCount().ShouldBe(2);
    }

    [Fact]
    public void ParametersComeInManyForms()
    {
        var builder = Models.Empty("Custom:Key=v");
        IResourceBuilder<ParameterResource>[] all =
        [
            builder.AddParameter("asked", secret: true).WithDescription("**Asked**", enableMarkdown: true),
            builder.AddParameter("fixed", "x", publishValueAsDefault: true),
            builder.AddParameter("made", new GenerateParameterDefault { MinLength = 30, Special = false }, secret: true, persist: true),
            builder.AddParameterFromConfiguration("configured", "Custom:Key"),
        ];

        all.Select(p => $"{p.Resource.Name} {p.Resource.Secret} {p.Resource.ValueExpression}").ShouldBe(["asked True {asked.value}", "fixed False {fixed.value}", "made True {made.value}", "configured False {configured.value}"]);
    }
}
