using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Lets a health check say how the resource is. It runs once for the resource, not for each replica.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="key">Name of a check that is registered with <c>builder.Services.AddHealthChecks()</c>; a name that is not is an error at start.</param>
    /// <exception cref="DistributedApplicationException">The resource has that check already.</exception>
    /// <example><code>
    /// builder.Services.AddHealthChecks().AddCheck("queue", () => HealthCheckResult.Healthy());
    /// worker.WithHealthCheck("queue");
    /// </code></example>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(key);
        return builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(c => c.Key == key)
            ? throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has the health check '{key}' already. Add it once.")
            : builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>Checks each replica's health by HTTP, directly on its own port; a replica is ready when all its checks succeed.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path of the check; default <c>/</c>.</param>
    /// <param name="statusCode">The status that means healthy; default 200.</param>
    /// <param name="endpointName">The endpoint; default the one named <c>https</c>, else <c>http</c>. A site with both needs a trusted certificate, or <c>endpointName: "http"</c>.</param>
    /// <exception cref="DistributedApplicationException">The resource has the same check already, or the endpoint does not speak http; at start: there is no such endpoint.</exception>
    /// <example><code>site.WithHttpHealthCheck("/health");</code></example>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, [EndpointName] string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpHealthCheck(() => HttpHealthCheck.DefaultEndpoint(builder.Resource, endpointName), path, statusCode);
    }

    /// <summary>Checks each replica's health by HTTP, directly on its own port; a replica is ready when all its checks succeed.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointSelector">Chooses the endpoint.</param>
    /// <param name="path">Path of the check; default <c>/</c>.</param>
    /// <param name="statusCode">The status that means healthy; default 200.</param>
    /// <exception cref="DistributedApplicationException">The resource has the same check already, or the endpoint does not speak http; at start: there is no such endpoint.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        return HttpHealthCheck.Add(builder, endpointSelector ?? (() => HttpHealthCheck.DefaultEndpoint(builder.Resource, null)), path ?? "/", statusCode ?? 200);
    }

    /// <summary>Adds a probe, of which a resource has one of each type, and the health check of the same path. Kubernetes output has the probe, a run has the check.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="type">What the probe is for; a former one of that type is replaced.</param>
    /// <param name="path">Path; default <c>/</c>.</param>
    /// <param name="initialDelaySeconds">Seconds before the first probe, 0 or more; default 5.</param>
    /// <param name="periodSeconds">Seconds between probes, 1 or more; default 5.</param>
    /// <param name="timeoutSeconds">Seconds until an answer counts as missing, 1 or more; default 1.</param>
    /// <param name="failureThreshold">Failures in a row that count as one, 1 or more; default 3.</param>
    /// <param name="successThreshold">Successes in a row that count as one, 1 or more; default 1.</param>
    /// <param name="endpointName">The endpoint; default the one named <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    /// <example><code>site.WithHttpProbe(ProbeType.Readiness, "/health");</code></example>
    [Experimental("ASPIREPROBES001")]
    public static IResourceBuilder<T> WithHttpProbe<T>(
        this IResourceBuilder<T> builder,
        ProbeType type,
        string? path = null,
        int? initialDelaySeconds = null,
        int? periodSeconds = null,
        int? timeoutSeconds = null,
        int? failureThreshold = null,
        int? successThreshold = null,
        [EndpointName] string? endpointName = null)
        where T : IResourceWithEndpoints, IResourceWithProbes
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHttpProbe(
            type,
            () => HttpHealthCheck.DefaultEndpoint(builder.Resource, endpointName),
            path,
            initialDelaySeconds,
            periodSeconds,
            timeoutSeconds,
            failureThreshold,
            successThreshold);
    }

    /// <summary>Adds a probe, of which a resource has one of each type, and the health check of the same path.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="type">What the probe is for; a former one of that type is replaced.</param>
    /// <param name="endpointSelector">Chooses the endpoint.</param>
    /// <param name="path">Path; default <c>/</c>.</param>
    /// <param name="initialDelaySeconds">Seconds before the first probe, 0 or more; default 5.</param>
    /// <param name="periodSeconds">Seconds between probes, 1 or more; default 5.</param>
    /// <param name="timeoutSeconds">Seconds until an answer counts as missing, 1 or more; default 1.</param>
    /// <param name="failureThreshold">Failures in a row that count as one, 1 or more; default 3.</param>
    /// <param name="successThreshold">Successes in a row that count as one, 1 or more; default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    [Experimental("ASPIREPROBES001")]
    public static IResourceBuilder<T> WithHttpProbe<T>(
        this IResourceBuilder<T> builder,
        ProbeType type,
        Func<EndpointReference>? endpointSelector,
        string? path = null,
        int? initialDelaySeconds = null,
        int? periodSeconds = null,
        int? timeoutSeconds = null,
        int? failureThreshold = null,
        int? successThreshold = null)
        where T : IResourceWithEndpoints, IResourceWithProbes
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Enum.IsDefined(type))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "Use Startup, Readiness or Liveness.");
        }

        var endpoint = endpointSelector ?? (() => HttpHealthCheck.DefaultEndpoint(builder.Resource, null));
        foreach (var former in builder.Resource.Annotations.OfType<ProbeAnnotation>().Where(p => p.Type == type).ToList())
        {
            builder.Resource.Annotations.Remove(former);
        }

        var probe = new EndpointProbeAnnotation
        {
            Type = type,
            EndpointReference = endpoint(),
            Path = HttpHealthCheck.Rooted(path ?? "/"),
            InitialDelaySeconds = AtLeast(0, initialDelaySeconds ?? 5, nameof(initialDelaySeconds)),
            PeriodSeconds = AtLeast(1, periodSeconds ?? 5, nameof(periodSeconds)),
            TimeoutSeconds = AtLeast(1, timeoutSeconds ?? 1, nameof(timeoutSeconds)),
            FailureThreshold = AtLeast(1, failureThreshold ?? 3, nameof(failureThreshold)),
            SuccessThreshold = AtLeast(1, successThreshold ?? 1, nameof(successThreshold)),
        };
        builder.WithAnnotation(probe);

        // Probes of several types may share a path, and the check is one.
        return builder.Resource.Annotations.OfType<HttpHealthCheckAnnotation>().Any(c => c.Path == probe.Path && c.StatusCode == 200)
            ? builder
            : builder.WithHttpHealthCheck(endpoint, probe.Path);
    }

    private static int AtLeast(int least, int value, string name)
        => value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"It must be {least} or more.");
}
