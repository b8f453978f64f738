#pragma warning disable ASPIREPROBES001 // probes of the model are experimental in Aspire
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>Makes what is published of one resource: its replicas with the variables that a run would give them, at the addresses of the target.</summary>
internal sealed class PublishedPrograms(DistributedApplicationExecutionContext execution, IConfiguration configuration, PublishNetwork network, PublishedDashboard? dashboard, List<string> faults)
{
    private const string KestrelEndpoints = "Kestrel__Endpoints__";

    public async Task<PublishedProgram> MakeAsync(ResourcePlan plan, IReadOnlyList<ResourcePlan> all, CancellationToken cancellationToken)
    {
        var resource = plan.Resource;
        var (project, folder, assembly, facts) = Program(resource);
        var hasDefaults = facts?.HasDefaults == true;
        var gathered = await GatherAsync(resource, cancellationToken).ConfigureAwait(false);
        List<PublishedReplica> replicas = [];
        foreach (var replica in plan.Replicas.Select(r => AsSeen(plan, r)))
        {
            var environment = await EnvironmentAsync(plan, replica, gathered, hasDefaults).ConfigureAwait(false);
            replicas.Add(new PublishedReplica(replica.Name, replica.Index, replica.Port, environment));
        }

        return new PublishedProgram
        {
            Resource = resource,
            ProjectPath = project,
            Folder = folder,
            Assembly = assembly,
            HasServiceDefaults = hasDefaults,
            IsJob = plan.Ports.Count == 0 && all.Any(o => o.Resource.Annotations.OfType<WaitAnnotation>().Any(w => w.Resource == resource && w.WaitType == WaitType.WaitForCompletion)),
            Replicas = replicas,
            Arguments = await ArgumentsAsync(plan, gathered).ConfigureAwait(false),
            Waits = [.. resource.Annotations.OfType<WaitAnnotation>().Where(w => all.Any(o => o.Resource == w.Resource)).Select(w => new PublishedWait(w.Resource.Name, w.WaitType)).Distinct()],
            HealthPath = HealthPath(resource, hasDefaults),
            AlivePath = AlivePath(resource, hasDefaults),
            StopGrace = PublishPlanMaker.Grace(resource),
        };
    }

    /// <summary>The resource is a site whose build has ServiceDefaults in it.</summary>
    public static bool HasServiceDefaults(IResource resource) => Program(resource).Facts?.HasDefaults == true;

    /// <summary>Path that is 200 when a replica may get requests; null: it has none.</summary>
    public static string? HealthPath(IResource resource, bool hasDefaults)
        => resource.Annotations.OfType<HttpHealthCheckAnnotation>().LastOrDefault()?.Path ?? (hasDefaults ? "/health" : null);

    /// <summary>Path that is 200 as long as a replica works; null: it has none.</summary>
    public static string? AlivePath(IResource resource, bool hasDefaults)
        => resource.Annotations.OfType<EndpointProbeAnnotation>().LastOrDefault(p => p.Type == ProbeType.Liveness)?.Path ?? (hasDefaults ? "/alive" : null);

    private static (string? Project, string? Folder, string? Assembly, SiteFacts? Facts) Program(IResource resource)
    {
        if (resource.TryGetLastAnnotation<PublishedSiteAnnotation>(out var published))
        {
            return (null, published.Folder, $"{Path.GetFileName(published.Program)}.dll", SiteFacts.Read(published.Program));
        }

        if (!resource.TryGetLastAnnotation<IProjectMetadata>(out var metadata))
        {
            return default;
        }

        return metadata is IProjectOutput built
            ? (metadata.ProjectPath, null, Path.GetFileName(built.TargetPath), SiteFacts.Read(built.TargetPath))
            : (metadata.ProjectPath, null, $"{Path.GetFileNameWithoutExtension(metadata.ProjectPath)}.dll", null);
    }

    // In a cluster all replicas listen on one port, and the platform names them.
    private ReplicaIdentity AsSeen(ResourcePlan plan, ReplicaIdentity replica)
    {
        if (network != PublishNetwork.Cluster || plan.Resource is not ProjectResource)
        {
            return replica;
        }

        return new ReplicaIdentity($"{plan.Name}-{replica.Index}", replica.Index, replica.Ports.ToDictionary(p => p.Key, _ => PublishNetworks.ContainerPort, StringComparer.OrdinalIgnoreCase))
        {
            Port = replica.Port is null ? null : PublishNetworks.ContainerPort,
        };
    }

    private async Task<GatheredConfiguration> GatherAsync(IResource resource, CancellationToken cancellationToken)
    {
        var builder = ExecutionConfigurationBuilder.Create(resource).WithArgumentsConfig().WithEnvironmentVariablesConfig();
        return await ((ExecutionConfigurationBuilder)builder).GatherAsync(execution, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<PublishedValue>> ArgumentsAsync(ResourcePlan plan, GatheredConfiguration gathered)
    {
        List<PublishedValue> arguments = [];
        foreach (var (index, argument) in gathered.Arguments.Index())
        {
            var context = Context(plan, plan.Replicas[0]);
            if (await TryAsync(argument, context, $"Argument {index + 1} of resource '{plan.Name}'").ConfigureAwait(false) is not { } value)
            {
                continue;
            }

            if (value.Parameters.FirstOrDefault(p => p.Secret) is { } secret)
            {
                faults.Add($"Argument {index + 1} of resource '{plan.Name}' has the secret '{secret.Name}' in it, and arguments can be read by everybody on the machine. Hand it over by WithEnvironment.");
            }

            arguments.Add(value);
        }

        return arguments;
    }

    private async Task<SortedDictionary<string, PublishedValue>> EnvironmentAsync(ResourcePlan plan, ReplicaIdentity replica, GatheredConfiguration gathered, bool hasDefaults)
    {
        SortedDictionary<string, PublishedValue> environment = new(StringComparer.Ordinal);
        foreach (var (name, value) in gathered.EnvironmentVariables)
        {
            if (await TryAsync(value, Context(plan, replica), $"The environment variable '{name}' of resource '{plan.Name}'").ConfigureAwait(false) is { } resolved)
            {
                environment[name] = resolved;
            }
        }

        if (plan.Resource is ProjectResource)
        {
            Listen(environment, plan, replica);
            if (hasDefaults)
            {
                // ServiceDefaults know whom to believe, and this believes everybody.
                environment.Remove("ASPNETCORE_FORWARDEDHEADERS_ENABLED");
            }
        }

        foreach (var (name, value) in Identity(plan, replica).Concat(plan.Resource.HasAnnotationOfType<OtlpExporterAnnotation>() ? Telemetry(plan, replica) : []))
        {
            environment.TryAdd(name, value);
        }

        return environment;
    }

    // One variable says where to listen, since Kestrel fails on a port that it is given twice.
    private void Listen(SortedDictionary<string, PublishedValue> environment, ResourcePlan plan, ReplicaIdentity replica)
    {
        foreach (var name in environment.Keys.Where(n => n.StartsWith(KestrelEndpoints, StringComparison.Ordinal) && n.EndsWith("__Url", StringComparison.Ordinal)).ToList())
        {
            environment[name] = new PublishedValue(environment[name].Text?.Replace("://*:", $"://{network.Listen()}:", StringComparison.Ordinal) ?? "");
        }

        environment.Remove("HTTP_PORTS");
        environment.Remove("HTTPS_PORTS");
        var urls = plan.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => EndpointInjection.IsInjectable(plan.Resource, e))
            .Select(e => $"{e.UriScheme}://{network.Listen()}:{replica.Ports[e.Name]}").ToList();
        if (urls.Count > 0 && !environment.Keys.Any(n => n.StartsWith(KestrelEndpoints, StringComparison.Ordinal)))
        {
            environment.TryAdd("ASPNETCORE_URLS", new PublishedValue(string.Join(';', urls)));
        }
    }

    private IEnumerable<KeyValuePair<string, PublishedValue>> Identity(ResourcePlan plan, ReplicaIdentity replica)
    {
        yield return Pair("ASPNETCORE_ENVIRONMENT", "Production");
        yield return Pair("STACK_INSTANCE", replica.Name);
        yield return Pair("STACK_INDEX", $"{replica.Index}");
        yield return Pair("STACK_REPLICAS", $"{plan.Replicas.Count}");
        yield return Pair("STACK_KEYS", $"{ProductionPlaces.StateFolderOf(configuration)}/keys");
        yield return Pair("DOTNET_SHUTDOWNTIMEOUTSECONDS", StopTimes.HostLimit(PublishPlanMaker.Grace(plan.Resource)));
        if (replica.Port is { } port)
        {
            yield return Pair("PORT", $"{port}");
        }

        if (network.Proxies() is { } proxies && plan.Resource is ProjectResource)
        {
            yield return Pair("STACK_PROXIES", proxies);
        }
    }

    private IEnumerable<KeyValuePair<string, PublishedValue>> Telemetry(ResourcePlan plan, ReplicaIdentity replica)
    {
        if (dashboard is null)
        {
            yield break;
        }

        yield return Pair("OTEL_SERVICE_NAME", plan.Name);
        yield return Pair("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={replica.Name}");
        yield return Pair("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{network.Host(PublishedDashboard.Name, PublishedDashboard.Name)}:{PublishedDashboard.OtlpGrpcPort}");
        yield return Pair("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        yield return new("OTEL_EXPORTER_OTLP_HEADERS", PublishedValue.Format("x-otlp-api-key={0}", [new PublishedValue([new ValuePart("", dashboard.OtlpKey)])]));
    }

    private static KeyValuePair<string, PublishedValue> Pair(string name, string value) => new(name, new PublishedValue(value));

    private ValueProviderContext Context(ResourcePlan plan, ReplicaIdentity replica) => new() { ExecutionContext = execution, Caller = plan.Resource, Replica = replica };

    private async ValueTask<PublishedValue?> TryAsync(object? value, ValueProviderContext context, string owner)
    {
        try
        {
            return await PublishedValues.ResolveAsync(value, context, owner).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            // Each once, not once for each replica.
            if (!faults.Contains(e.Message))
            {
                faults.Add(e.Message);
            }

            return null;
        }
    }
}
