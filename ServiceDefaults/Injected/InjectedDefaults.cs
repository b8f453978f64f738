using System.Collections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Stack.ServiceDefaults.Gateway;
using Stack.ServiceDefaults.Keys;
using Stack.ServiceDefaults.Requests;
using Stack.ServiceDefaults.Telemetry;
using Stack.ServiceDefaults.Warnings;

namespace Stack.ServiceDefaults.Injected;

/// <summary>
/// What a site gets that does not call AddServiceDefaults itself. Called by name, by the assembly Stack.Inject. Health endpoints, service discovery and resilience are not
/// in it: a site that does not know of them keeps its own paths and its own clients. The warnings are: its author never thought of several replicas.
/// </summary>
internal static class InjectedDefaults
{
    private static readonly string[] OurVariables = ["STACK_", "OTEL_", "KESTREL__"];

    /// <summary>Settings below all that the site has: defaults, and what the supervisor says, for a site that does not read its environment.</summary>
    public static void AddSettings(IConfigurationBuilder configuration)
    {
        var told = from DictionaryEntry variable in Environment.GetEnvironmentVariables()
                   let name = (string)variable.Key
                   where Array.Exists(OurVariables, ours => name.StartsWith(ours, StringComparison.OrdinalIgnoreCase))
                   select KeyValuePair.Create(name.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value);
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [.. TelemetrySetup.Defaults.ExceptBy(told.Select(t => t.Key), d => d.Key), .. told] });
    }

    /// <summary>The services; nothing is done where they are already, the site's own or ours.</summary>
    /// <param name="services">The site's services.</param>
    /// <param name="configuration">The site's configuration.</param>
    /// <param name="environment">The site's environment.</param>
    /// <param name="isLate">True: the site's builder is one that leaves things out, and is about to build.</param>
    public static void AddServices(IServiceCollection services, IConfiguration configuration, IWebHostEnvironment environment, bool isLate)
    {
        // By name: the site's own ServiceDefaults are another assembly.
        if (services.Any(service => service.ServiceType.FullName == typeof(RequestsInFlight).FullName))
        {
            return;
        }

        var builder = new InjectedBuilder(services, configuration, environment);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RequestsInFlight>();
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, AliveAnswer>());
        builder.ConfigureOpenTelemetry();
        builder.AddRequestPipeline();
        builder.AddKestrelSettings();
        builder.AddSharedKeyRing();
        builder.AddStartWarnings();

        // In Development the framework has done it, unless the builder leaves it out.
        if (isLate || !environment.IsDevelopment())
        {
            StaticWebAssetsLoader.UseStaticWebAssets(environment, configuration);
        }
    }
}
