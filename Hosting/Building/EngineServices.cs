using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Orchestration;

namespace Stack.Hosting.Building;

/// <summary>Registers what runs an application in the AppHost's container.</summary>
internal static class EngineServices
{
    // All graces of a production stop, one layer after another, and then some: the engine has limits of its own.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(5);

    public static void Add(
        HostApplicationBuilder host,
        DistributedApplicationOptions options,
        DistributedApplicationExecutionContext execution,
        IResourceCollection resources,
        IDistributedApplicationEventing eventing,
        string appHostDirectory,
        Assembly? appHost)
    {
        var services = host.Services;
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(execution);
        services.AddSingleton(resources);
        services.AddSingleton(eventing);
        services.AddSingleton(provider => new DistributedApplicationModel(provider.GetRequiredService<IResourceCollection>()));
        services.AddSingleton(provider => StackOptions.Read(
            provider.GetRequiredService<IConfiguration>(), host.Environment, options, appHostDirectory, AppHostMetadata.Find(appHost, "stackdashboardpath")));
        services.AddSingleton<StackEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<StackEngine>());
        host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        host.Logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss ";
        });
    }
}
