using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hosting.Tests;

/// <summary>A notification service without an application, and a site of two replicas whose snapshots the test publishes.</summary>
internal sealed class Notifications : IDisposable
{
    private readonly ResourceNotificationServiceOptions _options = new();
    private readonly ServiceProvider _services;

    public Notifications()
    {
        _services = new ServiceCollection().AddSingleton(Options.Create(_options)).BuildServiceProvider();
        Lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        Service = new ResourceNotificationService(NullLogger<ResourceNotificationService>.Instance, Lifetime, _services, Logs);
        Site = Builder.AddExecutable("site", "/bin/true", "/");
        Site.Resource.Annotations.Add(new ReplicaNamesAnnotation(["site-8001", "site-8002"]));
    }

    public IDistributedApplicationBuilder Builder { get; } = Models.Empty();

    public ApplicationLifetime Lifetime { get; }

    public ResourceLoggerService Logs { get; } = new();

    public ResourceNotificationService Service { get; }

    public IResourceBuilder<ExecutableResource> Site { get; }

    public WaitBehavior DefaultBehavior
    {
        set => _options.DefaultWaitBehavior = value;
    }

    public Task Publish(string id, string state, HealthStatus? health = null, int? exitCode = null, Task? ready = null)
        => Publish(Site.Resource, id, state, health, exitCode, ready);

    public Task Publish(IResource resource, string id, string state, HealthStatus? health = null, int? exitCode = null, Task? ready = null)
        => Service.PublishUpdateAsync(resource, id, s => s with
        {
            State = state,
            ExitCode = exitCode,
            HealthReports = health is null ? [] : [new HealthReportSnapshot("check", health, null, null)],
            ResourceReadyEvent = new EventSnapshot<ResourceReadyEvent>(ready ?? Task.CompletedTask),
        });

    public void Dispose()
    {
        Service.Dispose();
        _services.Dispose();
    }
}
