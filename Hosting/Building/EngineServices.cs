using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Building;

/// <summary>Registers what runs an application in the AppHost's container.</summary>
internal static class EngineServices
{
    // The terminal shows a table and what is wrong. Every start and stop: Logging__LogLevel__Stack=Information.
    private static readonly KeyValuePair<string, string?>[] LogLevels =
    [
        new("Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning"),
        new("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
        new("Logging:LogLevel:System.Net.Http.HttpClient", "Warning"),
        new("Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel", "Error"),
        new("Logging:LogLevel:Microsoft.AspNetCore.Server.KestrelServer", "Warning"),
        new("Logging:LogLevel:Aspire.Hosting.Dashboard", "Error"),
        new("Logging:LogLevel:Stack", "Warning"),
        new("Logging:LogLevel:Stack.Engine", "Information"),
        new($"Logging:LogLevel:{SiteReleases.Log}", "Information"),
    ];

    public static void Add(
        HostApplicationBuilder host,
        DistributedApplicationOptions options,
        DistributedApplicationExecutionContext execution,
        IResourceCollection resources,
        IDistributedApplicationEventing eventing,
        string appHostDirectory,
        Assembly? appHost)
    {
        Launchers.Prepare();
        var services = host.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(execution);
        services.AddSingleton(resources);
        services.AddSingleton(eventing);
        services.AddSingleton(provider => new DistributedApplicationModel(provider.GetRequiredService<IResourceCollection>()));
        services.AddSingleton(provider => StackOptions.Read(
            provider.GetRequiredService<IConfiguration>(), host.Environment, options, appHostDirectory, AppHostMetadata.Find(appHost, "stackdashboardpath")));
        services.AddSingleton(provider => new ResourceLoggerService { Time = provider.GetRequiredService<TimeProvider>() });
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<ResourceNotificationService>(),
            provider.GetRequiredService<ResourceLoggerService>(),
            provider,
            provider.GetRequiredService<ILogger<ResourceCommandService>>()));
        services.AddOptions<ResourceNotificationServiceOptions>().Configure<StackOptions>(
            (o, stack) => o.DefaultWaitBehavior = stack.DefaultWaitBehavior);
        services.AddSingleton<LifecycleEvents>();
        services.AddHttpClient();
        services.AddHealthChecks();
        services.AddSingleton<IToolRunner, ToolRunner>();
        services.AddSingleton(provider => new ProjectBuilds(provider.GetRequiredService<IToolRunner>(), Configuration(appHost), provider.GetRequiredService<ILogger<ProjectBuilds>>()));
        eventing.Subscribe<BeforeStartEvent>(BuiltInHandlers.BeforeStartAsync);
        if (execution.IsPublishMode)
        {
            PublishServices.AddHost(host, appHost);
        }
        else
        {
            services.AddSingleton<HealthMonitor>();
            services.AddSingleton<ResourceObservers>();
            services.AddSingleton<ResourceAnnouncer>();
            services.AddSingleton(provider => new LogRotation(
                Path.Combine(provider.GetRequiredService<StackOptions>().StateFolder, "logs"),
                provider.GetRequiredService<StackOptions>().Logs,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LogRotation>>()));
            services.AddSingleton<ResourceFollower>();
            services.AddSingleton<ContainerRuntime>();
            services.AddSingleton(provider => Launchers.Create(provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<StackOptions>().Launcher));
            services.AddSingleton<IReleasePublisher>(provider => new ReleasePublisher(provider.GetRequiredService<ProjectBuilds>));
            services.AddSingleton<StackPreparation>();
            services.AddSingleton<ReplicaFactory>();
            services.AddSingleton<ResourceDetailer>();
            services.AddSingleton<StackControl>();
            services.AddSingleton<StackMeasures>();
            services.AddSingleton(SystemdNotify.Take());
            services.AddSingleton<SystemdReport>();
            services.AddSingleton<Shutdown>();
            services.AddSingleton<ValueResources>();
            services.AddSingleton<StackEngine>();
            services.AddHostedService<StrangerReaper>();
            services.AddHostedService(provider => provider.GetRequiredService<StackEngine>());
        }

        // The check's service repeats every failure, which the dashboard shows already.
        var quiet = options.DisableDashboard || host.Configuration.GetValue("DisableDashboard", false)
            ? LogLevels
            : [.. LogLevels, new("Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", "None")];
        ((IConfigurationBuilder)host.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = quiet });
        host.Logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss ";
        });
    }

    private static string Configuration(Assembly? appHost) => appHost?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration is { Length: > 0 } configuration ? configuration : "Debug";
}
