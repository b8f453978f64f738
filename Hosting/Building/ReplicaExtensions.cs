using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>What Stack adds to Aspire's model: replicas on known ports, restart policies, supervision.</summary>
public static class ReplicaExtensions
{
    /// <summary>Gives each replica its own fixed port: <c>firstPort</c>, <c>firstPort + 1</c>, … May be called once for each endpoint; the first call names the replicas: <c>site-8001</c>. The ports are checked at start.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The project or executable. An executable finds its port in the variable <c>PORT</c>.</param>
    /// <param name="firstPort">Port of the first replica, 1 to 65535.</param>
    /// <param name="endpointName">The endpoint; default <c>http</c>, else the first one that speaks http. One that is not declared is made.</param>
    /// <exception cref="ArgumentOutOfRangeException">The first port is none.</exception>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site").WithReplicas(4).WithSequentialPorts(firstPort: 8001);</code></example>
    public static IResourceBuilder<T> WithSequentialPorts<T>(this IResourceBuilder<T> builder, int firstPort, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstPort, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstPort, ModelPort.Max);
        return builder.WithAnnotation(new SequentialPortsAnnotation(firstPort, endpointName));
    }

    /// <summary>Says how many replicas of an executable run. Aspire has this for projects only.</summary>
    /// <param name="builder">The executable.</param>
    /// <param name="replicas">The number, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <example><code>builder.AddExecutable("site", "node", "../site", "server.js").WithReplicas(4).WithSequentialPorts(firstPort: 8001);</code></example>
    public static IResourceBuilder<ExecutableResource> WithReplicas(this IResourceBuilder<ExecutableResource> builder, int replicas)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas));
    }

    /// <summary>Sets environment variables of each replica for itself, after all other callbacks; several calls add up. Called for each launch of a replica.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="callback">Sets them.</param>
    /// <example><code>site.WithReplicaEnvironment(replica => replica.EnvironmentVariables["SHARD"] = $"{replica.Index}");</code></example>
    public static IResourceBuilder<T> WithReplicaEnvironment<T>(this IResourceBuilder<T> builder, Action<ReplicaEnvironmentContext> callback)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(callback);
        return builder.WithAnnotation(new ReplicaEnvironmentAnnotation(callback));
    }

    /// <summary>Says what happens to a process that ends by itself. Without it: Never in development, Always in production.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="mode">The mode; it holds in development and production.</param>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site").WithRestartPolicy(RestartMode.Always);</code></example>
    public static IResourceBuilder<T> WithRestartPolicy<T>(this IResourceBuilder<T> builder, RestartMode mode)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new RestartPolicyAnnotation(mode), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Changes how the resource's processes are supervised; several calls add up.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <exception cref="DistributedApplicationException">A setting can't be meant (a umask that is not octal, an unknown limit); all of them are reported at once.</exception>
    /// <example><code>site.WithSupervision(s => s.StopWaitSecs = TimeSpan.FromSeconds(20));</code></example>
    public static IResourceBuilder<T> WithSupervision<T>(this IResourceBuilder<T> builder, Action<SupervisionOptions> configure)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (!builder.Resource.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision))
        {
            supervision = new SupervisionAnnotation(new SupervisionOptions());
            builder.WithAnnotation(supervision);
        }

        configure(supervision.Options);
        string[] faults = [.. SupervisionFaults.Of(builder.Resource, supervision.Options)];
        return faults.Length == 0 ? builder : throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
    }

    /// <summary>Lets the resource start when one replica of another one is healthy: for gateways, since one bad replica must not keep the site down.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    public static IResourceBuilder<T> WaitForAnyReplica<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dependency);
        return builder.WithAnnotation(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilHealthy) { AnyReplica = true });
    }
}
