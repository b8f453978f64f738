using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>Makes the plan of what is published. It starts nothing, asks no port and no user secrets, and gives the same plan on every machine.</summary>
internal sealed class PublishPlanMaker(DistributedApplicationExecutionContext execution, IConfiguration configuration, PublishNetwork network)
{
    private const int FirstFreePort = 9000;
    private static readonly TimeSpan UsualGrace = TimeSpan.FromSeconds(35);

    /// <exception cref="DistributedApplicationException">The model can't be published; all faults are reported at once.</exception>
    public async Task<PublishPlan> MakeAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        var resources = model.Resources.Where(r => !r.IsExcludedFromPublish()).ToList();
        SetReplicas(resources, configuration);
        resources.ForEach(RemoveImplicitTls);
        var plan = new PlanMaker(FreePorts, randomizePorts: false).Make(resources);
        Allocate(plan);

        var gateways = resources.SelectMany(r => r.Annotations.OfType<GatewayAnnotation>()).Select(g => (IResource)g.Gateway).Distinct().ToList();
        var dashboard = IsDashboardLeftOut() ? null : Dashboard();
        var appHost = AppHost();
        List<string> faults = [];
        List<PublishedProgram> programs = [];
        foreach (var resource in InOrder(plan.Resources.Where(r => !gateways.Contains(r.Resource)).ToList()))
        {
            programs.Add(await new PublishedPrograms(execution, configuration, network, dashboard, faults).MakeAsync(resource, plan.Resources, cancellationToken).ConfigureAwait(false));
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }

        return new PublishPlan
        {
            AppName = ProductionPlaces.AppNameOf(configuration),
            Release = Release(),
            Programs = programs,
            Gateways = [.. gateways.Select(g => Gateway(g, plan))],
            Dashboard = dashboard,
            AppHost = appHost,
            Sources = PublishSources.Of(configuration["AppHost:Directory"]!, [.. programs.Select(p => p.ProjectPath), dashboard?.ProjectPath, appHost?.CliProject]),
            Parameters = Parameters(programs, dashboard),
            Warnings = [.. plan.Warnings, .. plan.Resources.SelectMany(r => r.Resource.Annotations.OfType<PublishWarningAnnotation>()).Select(w => w.Text)],
        };
    }

    /// <summary>Between the signal to stop a program and KILL.</summary>
    public static TimeSpan Grace(IResource resource)
        => resource.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision) && supervision.Options.StopWaitSecs is { } grace ? grace : UsualGrace;

    private static IReadOnlyList<ParameterResource> Parameters(List<PublishedProgram> programs, PublishedDashboard? dashboard)
    {
        IEnumerable<ParameterResource> own = dashboard is null ? [] : [dashboard.OtlpKey, dashboard.BrowserToken, dashboard.ApiKey];
        var values = programs.SelectMany(p => p.Arguments.Concat(p.Replicas.SelectMany(r => r.Environment.Values)));
        return [.. values.SelectMany(v => v.Parameters).Concat(own).DistinctBy(p => p.Name, StringComparer.OrdinalIgnoreCase).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    // Free ports of this machine say nothing of another one.
    private static int FreePorts(int count, IReadOnlySet<int> taken)
    {
        for (var first = FirstFreePort; ; first++)
        {
            if (Enumerable.Range(first, count).All(port => !taken.Contains(port)))
            {
                return first;
            }
        }
    }

    private PublishedDashboard Dashboard()
    {
        static ParameterResource Key(string name, string description)
        {
            var value = new GenerateParameterDefault { MinLength = 32, Special = false };
            return new ParameterResource(name, d => d!.GetDefaultValue(), secret: true) { Default = value, Description = description };
        }

        return new PublishedDashboard(
            Key("otlp-api-key", "What programs show the dashboard when they send telemetry."),
            Key("dashboard-token", "What a reader of the dashboard signs in with."),
            Key("dashboard-api-key", "What users of the dashboard's API show it."))
        {
            ProjectPath = configuration["Publishing:Dashboard:Project"],
            Assembly = configuration["Publishing:Dashboard:Assembly"] ?? "Stack.Dashboard.dll",
        };
    }

    private PublishedAppHost? AppHost()
    {
        if (!string.Equals(configuration["Publishing:Supervisor"], PublishedSupervisors.AppHost, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return configuration.GetSection("Publishing:Replicas").GetChildren().Any()
            ? throw new DistributedApplicationException("'--replicas' says nothing where the AppHost supervises: it counts by the machine that it runs on. Set the number there: stack scale site=8.")
            : new PublishedAppHost(configuration["AppHost:FilePath"]!, configuration["Publishing:AppHost:Program"] ?? "AppHost", configuration["Publishing:Cli:Project"] is { Length: > 0 } cli ? cli : null);
    }

    // Where it is published, the gateway in front speaks TLS, and a site has no certificate.
    private static void RemoveImplicitTls(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsImplicit && e.HasScheme("https")).ToList())
        {
            resource.Annotations.Remove(endpoint);
        }
    }

    private static List<ResourcePlan> InOrder(List<ResourcePlan> plans)
    {
        List<ResourcePlan> ordered = [];
        void Visit(ResourcePlan plan)
        {
            if (ordered.Contains(plan))
            {
                return;
            }

            foreach (var dependency in plans.Where(p => StartOrder.DependenciesOf(plan.Resource).Contains(p.Resource)))
            {
                Visit(dependency);
            }

            ordered.Add(plan);
        }

        plans.ForEach(Visit);
        return ordered;
    }

    private static PublishedGateway Gateway(IResource gateway, StackPlan plan)
    {
        var endpoint = gateway.Annotations.OfType<EndpointAnnotation>().First();
        var ports = plan.Resources.First(r => r.Resource == gateway).EndpointPorts;
        var sites = plan.Resources.Where(r => r.Resource.Annotations.OfType<GatewayAnnotation>().Any(g => g.Gateway == gateway)).Select(r => r.Name);
        return new PublishedGateway(gateway, endpoint.Port ?? ports[endpoint.Name][0], endpoint.IsExternal, [.. sites]);
    }

    /// <summary>Sets the numbers of replicas that <c>--replicas</c> asks for.</summary>
    /// <exception cref="DistributedApplicationException">There is no such resource, or the number is none.</exception>
    public static void SetReplicas(IReadOnlyList<IResource> resources, IConfiguration configuration)
    {
        foreach (var wish in configuration.GetSection("Publishing:Replicas").GetChildren())
        {
            var resource = resources.FirstOrDefault(r => string.Equals(r.Name, wish.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new DistributedApplicationException(
                    $"There is no resource '{wish.Key}' to set the replicas of. Use --replicas with one of: {string.Join(", ", resources.OfType<ProjectResource>().Select(r => $"'{r.Name}'"))}.");
            if (!int.TryParse(wish.Value, out var count) || count < 1)
            {
                throw new DistributedApplicationException($"'{resource.Name}' can't have '{wish.Value}' replicas. Give a number from 1 on: --replicas {resource.Name}=4.");
            }

            resource.Annotations.Add(new ReplicaAnnotation(count));
        }
    }

    private void Allocate(StackPlan plan)
    {
        foreach (var resource in plan.Resources)
        {
            var front = resource.Resource.Annotations.OfType<GatewayAnnotation>().FirstOrDefault()?.Gateway;
            foreach (var endpoint in resource.Resource.Annotations.OfType<EndpointAnnotation>())
            {
                var ports = resource.EndpointPorts[endpoint.Name];
                endpoint.ReplicaEndpoints = [.. resource.Replicas.Select((r, i) => Address(resource, endpoint, r.Name, ports[i]))];
                var own = Address(resource, endpoint, resource.Replicas.Count > 0 ? resource.Replicas[0].Name : resource.Name, ports[0]);
                if (front?.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.HasScheme(endpoint.UriScheme)) is { } outer)
                {
                    var (host, port) = network.Gateway(front, outer.Port ?? plan.Resources.First(r => r.Resource == front).EndpointPorts[outer.Name][0]);
                    own = new AllocatedEndpoint(endpoint, host, port, own.BindingMode, own.TargetPortExpression, own.NetworkID);
                }

                endpoint.AllocatedEndpoint = own;
            }
        }
    }

    private AllocatedEndpoint Address(ResourcePlan resource, EndpointAnnotation endpoint, string replica, int port)
    {
        var reached = network.Port(resource.Resource, endpoint, port);
        return new AllocatedEndpoint(endpoint, network.Host(resource.Name, replica), reached, EndpointBindingMode.SingleAddress, $"{reached}", endpoint.DefaultNetworkID);
    }

    private bool IsDashboardLeftOut() => configuration.GetValue("DisableDashboard", false);

    private string Release() => configuration["Publishing:Release"] is { Length: > 0 } release
        ? release.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && char.IsAsciiLetterOrDigit(release[0])
            ? release
            : throw new DistributedApplicationException($"'{release}' can't be the name of a release: it becomes that of a folder and of an image. Use letters, digits, '.', '-' and '_', and begin with a letter or digit.")
        : "1.0.0";
}
