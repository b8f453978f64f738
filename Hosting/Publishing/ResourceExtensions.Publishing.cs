namespace Aspire.Hosting.ApplicationModel;

public static partial class ResourceExtensions
{
    private const string Http = "http";
    private const string Https = "https";

    /// <summary>Says whether the resource is left out of what is published.</summary>
    /// <param name="resource">The resource.</param>
    public static bool IsExcludedFromPublish(this IResource resource)
        => resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var manifest) && manifest.Callback is null;

    /// <summary>The ports that the resource's endpoints have in what is published. Fixed ones stay; a project's first http and https endpoint get none, since what runs it decides.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="portAllocator">Gives ports to endpoints that need one and do not say which; null: from 8000 on.</param>
    public static IReadOnlyList<ResolvedEndpoint> ResolveEndpoints(this IResource resource, IPortAllocator? portAllocator = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var ports = portAllocator ?? new PortAllocator();
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        foreach (var used in endpoints.SelectMany(e => new[] { e.TargetPort, e.Port }).OfType<int>())
        {
            ports.AddUsedPort(used);
        }

        HashSet<string> decidedOutside = new(StringComparer.OrdinalIgnoreCase);
        return [.. endpoints.Select(endpoint =>
        {
            var target = Target(resource, endpoint, decidedOutside, ports);
            return new ResolvedEndpoint { Endpoint = endpoint, TargetPort = target, ExposedPort = Exposed(endpoint, target, ports) };
        })];
    }

    /// <summary>The environment that the resource was given by <c>WithComputeEnvironment</c>; null: none was said.</summary>
    /// <param name="resource">The resource.</param>
    public static IComputeEnvironmentResource? GetComputeEnvironment(this IResource resource)
        => resource.TryGetLastAnnotation<ComputeEnvironmentAnnotation>(out var environment) ? environment.ComputeEnvironment : null;

    /// <summary>What the resource becomes in the environment it is deployed to; null: it is not deployed there.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="targetComputeEnvironment">The environment; null: the one of <c>WithComputeEnvironment</c>, else the only one.</param>
    /// <exception cref="InvalidOperationException">There are several environments, and none was said; names the resource and the environments.</exception>
    public static DeploymentTargetAnnotation? GetDeploymentTargetAnnotation(this IResource resource, IComputeEnvironmentResource? targetComputeEnvironment = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var targets = resource.Annotations.OfType<DeploymentTargetAnnotation>().ToList();
        if ((targetComputeEnvironment ?? resource.GetComputeEnvironment()) is { } wanted)
        {
            return targets.FindLast(t => ReferenceEquals(t.ComputeEnvironment, wanted));
        }

        return targets.Count < 2
            ? targets.FirstOrDefault()
            : throw new InvalidOperationException(
                $"Resource '{resource.Name}' can be deployed to several environments: {string.Join(", ", targets.Select(t => $"'{(t.ComputeEnvironment ?? t.DeploymentTarget).Name}'"))}. Choose one with WithComputeEnvironment.");
    }

    private static ResolvedPort Target(IResource resource, EndpointAnnotation endpoint, HashSet<string> decidedOutside, IPortAllocator ports)
    {
        if (endpoint.TargetPort is { } target)
        {
            // It is the project's http or https endpoint all the same: a second one gets a port.
            decidedOutside.Add(endpoint.UriScheme);
            return ResolvedPort.Explicit(target);
        }

        if (resource is ContainerResource && endpoint.Port is { } port)
        {
            return ResolvedPort.Implicit(port);
        }

        return resource is ProjectResource && IsHttp(endpoint) && decidedOutside.Add(endpoint.UriScheme)
            ? ResolvedPort.None()
            : ResolvedPort.Allocated(ports.AllocatePort());
    }

    private static ResolvedPort Exposed(EndpointAnnotation endpoint, ResolvedPort target, IPortAllocator ports)
    {
        if (endpoint.Port is { } port)
        {
            return ResolvedPort.Explicit(port);
        }

        if (target.Value is { } same)
        {
            return ResolvedPort.Implicit(same);
        }

        return IsHttp(endpoint) ? ResolvedPort.None() : ResolvedPort.Allocated(ports.AllocatePort());
    }

    private static bool IsHttp(EndpointAnnotation endpoint) => endpoint.UriScheme is Http or Https;
}
