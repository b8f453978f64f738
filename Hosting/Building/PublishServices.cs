using System.Reflection;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Publishing;
using Stack.Hosting.Publishing.Compose;
using Stack.Hosting.Publishing.Kubernetes;
using Stack.Hosting.Publishing.Manifest;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Supervisord;
using Stack.Hosting.Publishing.Systemd;

namespace Stack.Hosting.Building;

/// <summary>Registers what publishes an application in the AppHost's container.</summary>
internal static class PublishServices
{
    /// <summary>The targets besides the manifest.</summary>
    public static IReadOnlyList<IPublisher> Publishers { get; } = [new ComposePublisher(), new KubernetesPublisher(), new SystemdPublisher(), new SupervisordPublisher()];

    /// <summary>Registers the pipeline, in both modes: user code may ask for it.</summary>
    public static void AddPipeline(HostApplicationBuilder host, IDistributedApplicationPipeline pipeline)
    {
        pipeline.AddStep(ManifestStep.Create());
        foreach (var publisher in Publishers)
        {
            pipeline.AddStep(PublisherStep.Create(publisher));
        }

        host.Services.AddSingleton(pipeline);
        host.Services.AddOptions<PipelineOptions>().Bind(host.Configuration.GetSection("Pipeline"));
        host.Services.PostConfigure<PipelineOptions>(o => o.Step = string.IsNullOrWhiteSpace(o.Step) ? DefaultStep(host.Configuration) : o.Step);
    }

    /// <summary>Registers what runs in publish mode in place of the engine.</summary>
    /// <param name="host">Where.</param>
    /// <param name="appHost">The AppHost's assembly, in which its build noted where the parts of Stack are.</param>
    public static void AddHost(HostApplicationBuilder host, Assembly? appHost)
    {
        KeyValuePair<string, string?> Setting(string key, string? noted) => new(key, host.Configuration[key] ?? noted);

        // A source of its own: what is set in others is lost when they are loaded again.
        host.Configuration.AddInMemoryCollection(
        [
            Setting("Publishing:Dashboard:Project", AppHostMetadata.Find(appHost, "stackdashboardproject")),
            Setting("Publishing:Dashboard:Assembly", Path.GetFileName(AppHostMetadata.Find(appHost, "stackdashboardpath"))),
            Setting("Publishing:Cli:Project", AppHostMetadata.Find(appHost, "stackcliproject")),
            Setting("Publishing:AppHost:Program", appHost?.GetName().Name),
        ]);
        host.Services.TryAddSingleton<IPipelineActivityReporter>(provider =>
            new Publishing.Pipelines.LoggedActivity(provider.GetRequiredService<ILoggerFactory>().CreateLogger(PublishHost.Category)));
        host.Services.AddSingleton<PublishHost>();
        host.Services.AddHostedService(provider => provider.GetRequiredService<PublishHost>());
        host.Logging.AddFilter(PublishHost.Category, LevelOf(host.Configuration["Pipeline:LogLevel"]));
    }

    private static string DefaultStep(ConfigurationManager configuration)
        => configuration["Publishing:Publisher"] is { Length: > 0 } publisher ? $"publish-{publisher.ToLowerInvariant()}" : WellKnownPipelineSteps.Publish;

    /// <summary>The level that <c>--log-level</c> stands for.</summary>
    public static LogLevel LevelOf(string? name) => name?.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "crit" or "critical" => LogLevel.Critical,
        _ => LogLevel.Information,
    };
}
