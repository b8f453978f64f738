using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>Makes the plan of a model: pure, but for the free ports that it asks for.</summary>
/// <param name="freePorts">Gives that many free ports in a row, outside the ones it must not take.</param>
/// <param name="randomizePorts">True in tests: ports that the engine may choose are chosen, whatever the model says.</param>
/// <param name="running">The port of a replica (resource, index) that an earlier AppHost left running on one that was chosen for it; null: there is none.</param>
/// <param name="holder">Says who holds a port; null: it is free. Asked only to make a list of faults whole.</param>
internal sealed class PlanMaker(Func<int, IReadOnlySet<int>, int> freePorts, bool randomizePorts, Func<int, string?>? holder = null, Func<string, int, int?>? running = null)
{
    /// <exception cref="InvalidOperationException">Endpoints break the rules for their ports; all of them are reported at once.</exception>
    /// <exception cref="DistributedApplicationException">The model can't be run; all faults are reported at once.</exception>
    public StackPlan Make(IEnumerable<IResource> model)
    {
        var resources = model.Where(IsRun).ToList();
        StartOrder.CheckForCycles(resources);
        foreach (var endpoint in resources.Where(r => r.Annotations.OfType<ProxySupportAnnotation>().LastOrDefault() is { ProxyEnabled: false }).SelectMany(Endpoints))
        {
            // Its ports are then its own: that of the machine is that of the container.
            endpoint.IsProxied = false;
        }

        var sequential = resources.ToDictionary(r => r, SequentialEndpoints.Of);
        EndpointRules.Check(resources.Select(r => (r, sequential[r])));
        foreach (var endpoint in sequential.Values.SelectMany(s => s).Select(s => s.Endpoint))
        {
            Prepare(endpoint);
        }

        HashSet<int> taken = [.. resources.SelectMany(r => DeclaredPorts(r, sequential[r]))];
        var ports = new PortChooser(freePorts, taken, randomizePorts);
        var plans = resources.Select(r => Plan(r, sequential[r], ports)).ToList();
        List<string> faults = [.. resources.SelectMany(r => PlanFaults.OfSequences(r, sequential[r])), .. PlanFaults.OfSharedPorts(plans), .. resources.SelectMany(PlanFaults.OfSupervision)];
        if (faults.Count > 0)
        {
            faults.AddRange(PlanFaults.OfHeldPorts(plans, holder));
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }

        return new StackPlan(plans) { Warnings = ports.Warnings };
    }

    /// <summary>Tells the model's endpoints where they are: what refers to a resource with a gateway gets the gateway's address.</summary>
    public static void Publish(StackPlan plan)
    {
        foreach (var resource in plan.Resources)
        {
            PublishReplicas(resource);
        }

        foreach (var resource in plan.Resources)
        {
            foreach (var endpoint in Endpoints(resource.Resource))
            {
                var own = Address(resource.Resource, endpoint, resource.EndpointPorts[endpoint.Name][0]);
                var front = Gateway(resource.Resource, endpoint)?.ReplicaEndpoints[0] ?? own;
                endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, front.Address, front.Port, front.BindingMode, own.TargetPortExpression, own.NetworkID);
            }
        }
    }

    /// <summary>Tells the model which replicas a resource has, and where they are.</summary>
    public static void PublishReplicas(ResourcePlan plan)
    {
        foreach (var endpoint in Endpoints(plan.Resource))
        {
            endpoint.ReplicaEndpoints = [.. plan.Replicas.Select(r => Address(plan.Resource, endpoint, r.Ports[endpoint.Name]))];
        }

        var before = plan.Resource.Annotations.OfType<ReplicaNamesAnnotation>().ToList();
        plan.Resource.Annotations.Add(new ReplicaNamesAnnotation([.. plan.Replicas.Select(r => r.Name)]));
        before.ForEach(b => plan.Resource.Annotations.Remove(b));
    }

    /// <summary>True for what the engine runs. Other resources start themselves, or are only data.</summary>
    private static bool IsRun(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource || resource.IsContainer();

    private static EndpointAnnotation? Gateway(IResource resource, EndpointAnnotation endpoint)
        => resource.Annotations.OfType<GatewayAnnotation>().SelectMany(g => Endpoints(g.Gateway))
            .FirstOrDefault(e => e.HasScheme(endpoint.UriScheme) && e.ReplicaEndpoints.Count > 0);

    private static IEnumerable<EndpointAnnotation> Endpoints(IResource resource) => resource.Annotations.OfType<EndpointAnnotation>();

    private static AllocatedEndpoint Address(IResource resource, EndpointAnnotation endpoint, int port)
    {
        var (address, mode) = TargetHost.Reach(endpoint.TargetHost);
        var listened = PortMapping.IsMapped(resource) ? endpoint.TargetPort : port;
        return new AllocatedEndpoint(endpoint, address, port, mode, $"{listened}", endpoint.DefaultNetworkID);
    }

    private static IEnumerable<int> DeclaredPorts(IResource resource, IReadOnlyList<SequentialEndpoint> sequential)
        => Endpoints(resource).SelectMany(e => new[] { e.Port, e.TargetPort }).OfType<int>()
            .Concat(sequential.SelectMany(s => Enumerable.Range(s.FirstPort, resource.GetReplicaCount())));

    // Nginx and Kestrel must mean the same socket: "localhost" would be two.
    private static void Prepare(EndpointAnnotation endpoint)
    {
        endpoint.TargetHost = string.Equals(endpoint.TargetHost, "localhost", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" : endpoint.TargetHost;
        endpoint.IsProxied = false;
        endpoint.Port = null;
        endpoint.TargetPort = null;
    }

    private ResourcePlan Plan(IResource resource, IReadOnlyList<SequentialEndpoint> sequential, PortChooser chooser)
    {
        var endpoints = Endpoints(resource).ToList();
        var naming = Naming(endpoints, sequential);
        var ports = endpoints.ToDictionary(
            e => e.Name, e => chooser.Choose(resource, e, sequential, index => ReferenceEquals(e, naming) ? running?.Invoke(resource.Name, index) : null), StringComparer.OrdinalIgnoreCase);
        var count = resource.GetReplicaCount();
        var replicas = Enumerable.Range(0, count).Select(index =>
        {
            int? port = naming is null ? null : ports[naming.Name][index];
            var name = count == 1 && sequential.Count == 0 ? resource.Name : $"{resource.Name}-{port ?? index}";
            return new ReplicaIdentity(name, index, ports.ToDictionary(p => p.Key, p => p.Value[index], StringComparer.OrdinalIgnoreCase)) { Port = port };
        }).ToList();
        return new ResourcePlan(resource, TypeName(resource), replicas, PortsOf(resource, replicas)) { EndpointPorts = ports };
    }

    /// <summary>Every port that the replicas will listen on.</summary>
    internal static IReadOnlyList<PlannedPort> PortsOf(IResource resource, IEnumerable<ReplicaIdentity> replicas)
        => [.. replicas.SelectMany(r => Endpoints(resource).Select(e => new PlannedPort(resource.Name, r.Name, e.Name, r.Ports[e.Name]) { Protocol = e.Protocol }))];

    /// <summary>The endpoint whose ports are part of the replicas' names.</summary>
    internal static EndpointAnnotation? Naming(List<EndpointAnnotation> endpoints, IReadOnlyList<SequentialEndpoint> sequential)
        => sequential.Count > 0 ? sequential[0].Endpoint : endpoints.Find(e => e.HasName("http")) ?? endpoints.Find(e => e.IsHttpLike) ?? (endpoints.Count > 0 ? endpoints[0] : null);

    private static string TypeName(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        _ => "Container",
    };
}
