using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Nginx.AccessLog;
using Stack.Hosting.Nginx.Building;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Publishing;
using Stack.Hosting.Nginx.Runtime;

namespace Aspire.Hosting;

/// <summary>Adds Nginx to an application and tells it what to serve.</summary>
public static partial class NginxResourceBuilderExtensions
{
    private const int Hup = 1;
    private const int Quit = 3;
    private const int Term = 15;

    /// <summary>
    /// Adds Nginx. It listens on the loopback address only, unless <c>WithExternalHttpEndpoints</c> says otherwise, and runs as a container where
    /// there is a healthy engine with the image, else as a local process.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="port">The port it listens on; null: a free one.</param>
    /// <exception cref="DistributedApplicationException">At start: Nginx can't run, or does not accept its configuration. Nothing is started then.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site);</code></example>
    public static IResourceBuilder<NginxResource> AddNginx(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var nginx = builder.AddResource(new NginxResource(name))
            .WithImage(builder.Configuration["Stack:Nginx:Image"] is { Length: > 0 } image ? image : NginxSettings.DefaultImage)
            .WithHttpEndpoint(port: port, name: NginxResource.HttpEndpointName)
            .WithAnnotation(new HostNetworkAnnotation())
            .WithRestartPolicy(RestartMode.Always)
            .WithSupervision(supervision =>
            {
                supervision.StopSignal = Quit;
                supervision.ReloadSignal = Hup;

                // KILL would end the master only: its workers live on and hold the port.
                supervision.ParentDeathSignal = Term;
            });

        nginx.WithHttpHealthCheck(() => nginx.Resource.HttpEndpoint, NginxNames.HealthPath);
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            SiteSettings.Add(nginx.Resource);
            return Task.CompletedTask;
        });
        nginx.WithAnnotation(new GatewayFilesAnnotation(context => new PublishedNginx(nginx.Resource, builder.AppHostDirectory, NginxSettings.SourceOf(builder.Configuration, builder.AppHostDirectory)).Write(context)));
        if (builder.ExecutionContext.IsRunMode)
        {
            NginxStart start = new(nginx.Resource, builder.AppHostDirectory);
            builder.Eventing.Subscribe<ResourceEndpointsAllocatedEvent>(nginx.Resource, (allocated, cancellationToken) => start.PrepareAsync(allocated.Services, cancellationToken));
            new NginxCommands(() => start.Gateway, builder.AppHostDirectory).AddTo(nginx);
            nginx.WithAnnotation(new TroubleAnnotation()).WithCommand(
                "reload",
                "Reload",
                context => start.ReloadAsync(context.CancellationToken),
                new CommandOptions { Description = "Takes over changes of the hand-written files and of certificates, when nginx accepts them. No request is lost.", IconName = "ArrowSync" });
            AddAccessLog(builder, nginx.Resource, start);
        }

        return nginx;
    }

    /// <summary>
    /// Says what a replica of the site is asked for before the gateway lets requests of clients reach it, so that none of them pays for its first steps: 24 GET requests at its own port, in turns.
    /// Default is <c>/</c>. An answer with an error is logged and changes nothing.
    /// </summary>
    /// <param name="builder">The site.</param>
    /// <param name="paths">Paths with their query, each beginning with a slash; none: there is no warm-up.</param>
    /// <exception cref="ArgumentException">A path does not begin with a slash.</exception>
    /// <example><code>site.WithWarmUp("/", "/products?page=1");</code></example>
    public static IResourceBuilder<ProjectResource> WithWarmUp(this IResourceBuilder<ProjectResource> builder, params string[] paths)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(paths);
        return Array.Find(paths, path => !path.StartsWith('/') || path.Any(char.IsControl)) is { } wrong
            ? throw new ArgumentException($"The path '{wrong}' given to WithWarmUp has to begin with '/', as in \"/products\".", nameof(paths))
            : builder.WithAnnotation(new WarmUpAnnotation([.. paths]), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Says what Nginx is to run as. The settings <c>Stack:Nginx:Runtime</c> and <c>STACK_NGINX_RUNTIME</c> win over it.</summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="runtime">The runtime; one that is forced and not possible is an error at start.</param>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithRuntime(NginxRuntime.Process);</code></example>
    public static IResourceBuilder<NginxResource> WithRuntime(this IResourceBuilder<NginxResource> builder, NginxRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Enum.IsDefined(runtime)
            ? builder.WithAnnotation(new NginxRuntimeAnnotation(runtime), ResourceAnnotationMutationBehavior.Replace)
            : throw new ArgumentOutOfRangeException(nameof(runtime), runtime, "Use Auto, Container or Process.");
    }

    /// <summary>
    /// Lets a request belong to the trace that its client names in the header <c>traceparent</c>. Without it every request begins a trace of its
    /// own: at a public edge the header can be forged. A header that is not well formed is never passed on.
    /// </summary>
    /// <param name="builder">Nginx.</param>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithClientTraceContext();</code></example>
    public static IResourceBuilder<NginxResource> WithClientTraceContext(this IResourceBuilder<NginxResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new NginxClientTraceAnnotation(), ResourceAnnotationMutationBehavior.Replace);
    }

    private static void AddAccessLog(IDistributedApplicationBuilder builder, NginxResource nginx, NginxStart start)
    {
        builder.Services.TryAddSingleton<AccessLogFollower>();
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((created, _) =>
        {
            start.FollowAccessLog(created.Services);
            return Task.CompletedTask;
        });
        builder.Eventing.Subscribe<ResourceStoppedEvent>(nginx, (_, _) =>
        {
            start.ReadRestOfAccessLog();
            return Task.CompletedTask;
        });
    }
}
