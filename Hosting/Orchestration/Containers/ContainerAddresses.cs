using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Tells the model's endpoints where containers find them: other containers by their name in the shared network, all else by the name of this machine.</summary>
internal static class ContainerAddresses
{
    /// <summary>A container's name in the shared network, as Aspire gives it.</summary>
    public static string NetworkName(string resource) => $"{resource}.dev.internal";

    /// <summary>True when the container is run by the engine, and not as a process of this machine.</summary>
    public static bool RunsInEngine(this IResource resource) => resource.IsContainer() && !resource.HasAnnotationOfType<ExecutableAnnotation>();

    /// <summary>True when it has a network of its own, so that it sees this machine as another one.</summary>
    public static bool HasOwnNetwork(this IResource resource) => resource.IsContainer() && PortMapping.IsMapped(resource);

    /// <summary>True when it stays when the AppHost ends.</summary>
    public static bool IsPersistent(this IResource resource)
        => resource.TryGetLastAnnotation<ContainerLifetimeAnnotation>(out var lifetime) && lifetime.Lifetime == ContainerLifetime.Persistent;

    /// <param name="plan">The plan, published.</param>
    /// <param name="host">Name of this machine in containers.</param>
    public static void Publish(StackPlan plan, string host)
    {
        foreach (var resource in plan.Resources)
        {
            foreach (var endpoint in resource.Resource.Annotations.OfType<EndpointAnnotation>())
            {
                if (endpoint.AllocatedEndpoint is not { } local)
                {
                    continue;
                }

                var address = resource.Resource.HasOwnNetwork() && endpoint.TargetPort is { } port
                    ? Address(endpoint, NetworkName(resource.Name), port)
                    : Address(endpoint, host, local.Port);
                endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(KnownNetworkIdentifiers.DefaultAspireContainerNetwork, address);
            }
        }
    }

    private static AllocatedEndpoint Address(EndpointAnnotation endpoint, string host, int port)
        => new(endpoint, host, port, EndpointBindingMode.SingleAddress, targetPortExpression: null, KnownNetworkIdentifiers.DefaultAspireContainerNetwork);
}
