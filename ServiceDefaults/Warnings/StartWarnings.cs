using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Warnings;

/// <summary>
/// Warns, once the site has started, of what will do harm with several replicas or behind the gateway. All replicas are the same, so that
/// only the first one says it.
/// </summary>
internal sealed partial class StartWarnings(
    IServiceProvider services, IServiceCollection registered, InstanceIdentity identity, IConfiguration configuration, ILogger<StartWarnings> logger) : IHostedLifecycleService
{
    public const string Section = "Stack:Warnings";

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (identity.Index is null or 0)
        {
            try
            {
                foreach (var finding in Findings().OfType<Finding>().Where(finding => configuration.GetValue($"{Section}:{finding.Name}", defaultValue: true)))
                {
                    LogFinding(finding.Text, Section, finding.Name);
                }
            }
            catch (Exception e)
            {
                // The site's own services are asked, whatever they are; it runs without our advice.
                LogNotLooked(e);
            }
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Finding?> Findings()
    {
        var alone = identity.Replicas is null or < 2;
        var several = alone ? [] : new ReplicaFindings(services, registered, identity.Replicas!.Value, configuration["STACK_STICKY"] == "1").All();
        var behindGateway = string.IsNullOrWhiteSpace(configuration["STACK_INSTANCE"])
            ? []
            : new GatewayFindings(configuration, services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits).All();
        return several.Concat(behindGateway);
    }

    [LoggerMessage(9601, LogLevel.Warning, "{Finding} ({Section}:{Name}=false silences this.)")]
    private partial void LogFinding(string finding, string section, string name);

    [LoggerMessage(9602, LogLevel.Debug, "What several replicas do not share could not be looked for.")]
    private partial void LogNotLooked(Exception exception);
}

/// <summary>Adds the warnings.</summary>
internal static class StartWarningsSetup
{
    public static void AddStartWarnings(this IHostApplicationBuilder builder)
        => builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<StartWarnings>(services, builder.Services));
}
