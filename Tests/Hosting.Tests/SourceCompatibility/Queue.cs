using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.SourceCompatibility;

/// <summary>A server as an integration package declares one: a container with a connection string, and children.</summary>
internal sealed class QueueResource(string name, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
{
    private EndpointReference? _endpoint;

    public EndpointReference PrimaryEndpoint => _endpoint ??= new(this, "queue");

    public ReferenceExpression ConnectionStringExpression
        => ReferenceExpression.Create($"host={PrimaryEndpoint.Property(EndpointProperty.Host)};port={PrimaryEndpoint.Property(EndpointProperty.Port)};password={password}");

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
        => [new("Host", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Host)}"))];
}

/// <summary>A child with a connection string made from its parent's; only what is abstract is implemented.</summary>
internal sealed class TopicResource(string name, QueueResource parent) : Resource(name), IResourceWithParent<QueueResource>, IResourceWithConnectionString
{
    public QueueResource Parent => parent;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};topic={Name}");
}

/// <summary>A resource that starts itself.</summary>
internal sealed class ClockResource(string name) : Resource(name), IResourceWithWaitSupport, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithServiceDiscovery;

/// <summary>An annotation of a package's own, made without arguments.</summary>
internal sealed class ColourAnnotation : IResourceAnnotation
{
    public string Colour { get; set; } = "red";
}

/// <summary>The extension methods of the package.</summary>
internal static class QueueExtensions
{
    public static IResourceBuilder<QueueResource> AddQueue(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        return builder.AddResource(new QueueResource(name, secret))
            .WithImage("example/queue", "3.1")
            .WithImageRegistry("registry.example")
            .WithEndpoint(port: port, targetPort: 5555, name: "queue", scheme: "tcp")
            .WithEnvironment(context => context.EnvironmentVariables["QUEUE_PASSWORD"] = secret);
    }

    public static IResourceBuilder<TopicResource> AddTopic(this IResourceBuilder<QueueResource> builder, [ResourceName] string name)
        => builder.ApplicationBuilder.AddResource(new TopicResource(name, builder.Resource));

    public static IResourceBuilder<QueueResource> WithDataVolume(this IResourceBuilder<QueueResource> builder, string? name = null, bool isReadOnly = false)
        => builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/data", isReadOnly);
}
