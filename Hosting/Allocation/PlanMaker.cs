using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>Makes the plan of a model: pure, but for the free ports that it asks for.</summary>
/// <param name="freePorts">Gives that many free ports in a row, outside the ones it must not take.</param>
/// <param name="randomizePorts">True in tests: the model's ports are replaced by free ones.</param>
internal sealed class PlanMaker(Func<int, IReadOnlySet<int>, int> freePorts, bool randomizePorts)
{
    private readonly HashSet<int> _taken = [];
    private readonly List<string> _faults = [];

    /// <exception cref="DistributedApplicationException">The model can't be run; all faults are reported at once.</exception>
    public StackPlan Make(IEnumerable<IResource> model)
    {
        var resources = model.Where(r => r is ProjectResource or ExecutableResource or ContainerResource).ToList();
        StartOrder.CheckForCycles(resources);
        if (!randomizePorts)
        {
            _taken.UnionWith(resources.SelectMany(DeclaredPorts));
        }

        var plans = resources.Select(Plan).ToList();
        foreach (var shared in plans.SelectMany(p => p.Ports).Where(p => p.Port > 0).GroupBy(p => p.Port).Where(g => g.Count() > 1))
        {
            _faults.Add($"Port {shared.Key} is given to {string.Join(" and to ", shared.Select(p => $"replica '{p.Replica}' (endpoint '{p.Endpoint}')"))}. Give each its own range or port.");
        }

        return _faults.Count == 0 ? new StackPlan(plans) : throw new DistributedApplicationException(string.Join(Environment.NewLine, _faults));
    }

    /// <summary>Tells the model's endpoints where they are: what refers to a resource with a gateway gets the gateway's address.</summary>
    public static void Publish(StackPlan plan)
    {
        foreach (var resource in plan.Resources)
        {
            resource.Resource.Annotations.Add(new ReplicaNamesAnnotation([.. resource.Replicas.Select(r => r.Name)]));
            foreach (var endpoint in Endpoints(resource.Resource))
            {
                endpoint.ReplicaEndpoints = [.. resource.Replicas.Select(r => new AllocatedEndpoint(endpoint, Address(endpoint), r.Ports[endpoint.Name]))];
            }
        }

        foreach (var resource in plan.Resources.Where(r => r.Replicas.Count > 0))
        {
            foreach (var endpoint in Endpoints(resource.Resource))
            {
                var front = Gateway(resource.Resource, endpoint) ?? endpoint;
                endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, front.ReplicaEndpoints[0].Address, front.ReplicaEndpoints[0].Port);
            }
        }
    }

    private static EndpointAnnotation? Gateway(IResource resource, EndpointAnnotation endpoint)
        => resource.Annotations.OfType<GatewayAnnotation>().FirstOrDefault()?.Gateway.Annotations.OfType<EndpointAnnotation>()
            .FirstOrDefault(e => e.UriScheme == endpoint.UriScheme && e.ReplicaEndpoints.Count > 0);

    private static IEnumerable<EndpointAnnotation> Endpoints(IResource resource) => resource.Annotations.OfType<EndpointAnnotation>();

    private static string Address(EndpointAnnotation endpoint) => endpoint.TargetHost switch
    {
        "" or "0.0.0.0" or "::" or "[::]" or "*" or "+" => "localhost",
        var host => host,
    };

    private static IEnumerable<int> DeclaredPorts(IResource resource)
    {
        var fixedPorts = Endpoints(resource).SelectMany(e => new[] { e.Port, e.TargetPort }).OfType<int>();
        return resource.TryGetLastAnnotation<SequentialPortsAnnotation>(out var sequence)
            ? fixedPorts.Concat(Enumerable.Range(sequence.FirstPort, resource.GetReplicaCount()))
            : fixedPorts;
    }

    private ResourcePlan Plan(IResource resource)
    {
        var count = resource.GetReplicaCount();
        var sequence = resource.Annotations.OfType<SequentialPortsAnnotation>().LastOrDefault();
        var sequential = sequence is null ? null : SequentialEndpoint(resource, sequence, count);
        var endpoints = Endpoints(resource).ToList();
        var ports = endpoints.ToDictionary(e => e.Name, e => ReferenceEquals(e, sequential) ? Range(sequence!.FirstPort, count) : Single(e, count), StringComparer.OrdinalIgnoreCase);
        var first = sequential ?? endpoints.FirstOrDefault(e => e.UriScheme is "http") ?? endpoints.FirstOrDefault();
        var replicas = Enumerable.Range(0, count).Select(index =>
        {
            int? port = first is null ? null : ports[first.Name][index];
            var name = count == 1 && sequence is null ? resource.Name : $"{resource.Name}-{port ?? index}";
            return new ReplicaIdentity(name, index, ports.ToDictionary(p => p.Key, p => p.Value[index], StringComparer.OrdinalIgnoreCase)) { Port = port };
        }).ToList();
        var planned = replicas.SelectMany(r => endpoints.Select(e => new PlannedPort(resource.Name, r.Name, e.Name, r.Ports[e.Name]))).ToList();
        return new ResourcePlan(resource, TypeName(resource), replicas, planned);
    }

    private EndpointAnnotation? SequentialEndpoint(IResource resource, SequentialPortsAnnotation sequence, int count)
    {
        var endpoints = Endpoints(resource).ToList();
        var endpoint = sequence.EndpointName is { } name
            ? endpoints.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase))
            : endpoints.FirstOrDefault(e => e.Name == "http") ?? endpoints.FirstOrDefault(e => e.UriScheme is "http" or "https");
        if (endpoint is null)
        {
            endpoint = new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, "http", name: sequence.EndpointName ?? "http");
            resource.Annotations.Add(endpoint);
        }

        if (!endpoint.FromLaunchProfile && (endpoint.Port ?? endpoint.TargetPort) is { } port)
        {
            _faults.Add($"Endpoint '{endpoint.Name}' of resource '{resource.Name}' has port {port}, and WithSequentialPorts gives it {sequence.FirstPort} and up. Remove one of the two.");
        }

        if (sequence.FirstPort + count - 1 > ModelPort.Max)
        {
            _faults.Add($"Resource '{resource.Name}' with {count} replicas from port {sequence.FirstPort} on would reach port {sequence.FirstPort + count - 1}; the last one is {ModelPort.Max}. Lower FirstPort or the number of replicas.");
        }

        // Nginx and Kestrel must mean the same socket: "localhost" would be two.
        endpoint.TargetHost = endpoint.TargetHost == "localhost" ? "127.0.0.1" : endpoint.TargetHost;
        endpoint.IsProxied = false;
        endpoint.Port = null;
        endpoint.TargetPort = null;
        return endpoint;
    }

    private int[] Range(int first, int count)
    {
        var start = randomizePorts && count > 0 ? Free(count) : first;
        return [.. Enumerable.Range(start, count)];
    }

    // Without sequential ports the first replica listens on the endpoint's own port, and each further one on a free port.
    private int[] Single(EndpointAnnotation endpoint, int count)
        => [.. Enumerable.Range(0, count).Select(i => i == 0 && !randomizePorts && (endpoint.Port ?? endpoint.TargetPort) is { } port and > 0 ? port : Free(1))];

    private int Free(int count)
    {
        var first = freePorts(count, _taken);
        _taken.UnionWith(Enumerable.Range(first, count));
        return first;
    }

    private static string TypeName(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        ContainerResource => "Container",
        _ => resource.GetType().Name,
    };
}
