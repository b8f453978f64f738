using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Images;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Compose;

/// <summary>Writes the services: one for each replica, so that each has a name, a health, logs and a restart of its own.</summary>
internal sealed class ComposeServices(PublishPlan plan, PublishedImages images, ComposeAddresses addresses)
{
    /// <summary>What the replicas and jobs of all sites share: keys, and the sites' own files.</summary>
    public const string StateVolume = "stack-state";

    public const string TelemetryVolume = "stack-telemetry";

    /// <summary>Where a gateway sees which replicas get no new requests.</summary>
    public const string FlagFolder = "/run/stack/drain";

    private const string Started = "service_started";
    private const string Healthy = "service_healthy";
    private const string Completed = "service_completed_successfully";

    public YamlMap Write()
    {
        YamlMap services = [];
        foreach (var program in plan.Programs)
        {
            if (HasKeys(program))
            {
                services.Add(KeysService(program), Keys(program));
            }

            foreach (var replica in program.Replicas)
            {
                services.Add(replica.Name, program.Assembly is null ? ComposeContainers.Write(plan, program, replica, DependsOn(program)) : Replica(program, replica));
            }
        }

        foreach (var gateway in plan.Gateways)
        {
            services.Add(gateway.Name, Gateway(gateway));
        }

        if (plan.Dashboard is { } dashboard)
        {
            services.Add(PublishedDashboard.Name, Dashboard(dashboard));
        }

        return services;
    }

    /// <summary>Volumes that no service of the user's own names.</summary>
    public IEnumerable<string> Volumes => [.. plan.Programs.Any(p => p.Assembly is not null) ? [StateVolume] : Array.Empty<string>(), .. plan.Dashboard is null ? Array.Empty<string>() : [TelemetryVolume]];

    /// <summary>Keeps logs from filling the disk.</summary>
    public static YamlMap Logging => new() { { "driver", "json-file" }, { "options", new YamlMap { { "max-size", "10m" }, { "max-file", "3" } } } };

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0}s");

    public static bool HasKeys(PublishedProgram program) => program.IsSite && program.HasServiceDefaults;

    public static string KeysService(PublishedProgram program) => $"{program.Name}-keys";

    /// <summary>The address on the host, only for itself unless the model says otherwise, and the port in the container.</summary>
    public static string Port(string name, bool isExternal, int port, int inside)
        => $"{ComposeText.Setting($"{ComposeText.Name(name)}_ADDRESS", isExternal ? "0.0.0.0" : "127.0.0.1")}:{ComposeText.Setting($"{ComposeText.Name(name)}_PORT", $"{port}")}:{inside}";

    private string StateFolder => $"/var/lib/stack/{plan.AppName}";

    private YamlMap Replica(PublishedProgram program, PublishedReplica replica)
    {
        var service = Own(images.Of(program));
        service.Add("command", program.Arguments.Select(ComposeText.Of).ToList());
        service.Add("environment", ComposeText.Environment(replica.Environment.Select(OfAnyNumber)));
        service.Add("volumes", [$"{StateVolume}:{StateFolder}"]);
        service.Add("depends_on", DependsOn(program));
        service.Add("networks", addresses.Of(replica.Name));
        service.Add("ports", Ports(program, replica));
        service.Add("healthcheck", HealthCheck(program, replica));
        service.Add("restart", program.IsJob ? "no" : "unless-stopped");
        service.Add("stop_grace_period", Seconds(program.StopGrace));
        Limit(service, program.Name);
        service.Add("ulimits", UserLimits(program));
        return service;
    }

    /// <summary>The settings that say how much a program's containers may take, each of them.</summary>
    public static (string Memory, string Cpus) LimitsOf(string program) => ($"{ComposeText.Name(program)}_MEMORY", $"{ComposeText.Name(program)}_CPUS");

    /// <summary>Whether Docker knows a limit of a process.</summary>
    public static bool HasUserLimit(string name) => name != "as";

    // 0 is Docker's word for no limit.
    private static void Limit(YamlMap service, string program)
    {
        var (memory, cpus) = LimitsOf(program);
        service.Add("mem_limit", ComposeText.Setting(memory, "0"));
        service.Add("cpus", ComposeText.Setting(cpus, "0"));
    }

    private static YamlMap? UserLimits(PublishedProgram program)
    {
        YamlMap limits = [];
        foreach (var (name, limit) in program.Limits.Where(l => HasUserLimit(l.Key)))
        {
            limits.Add(name, new YamlMap { { "soft", limit.Soft }, { "hard", limit.Hard } });
        }

        return limits.Count > 0 ? limits : null;
    }

    // A site asks only whether it is alone. The number itself would make each replica another one when it changes, and Compose would replace all of them.
    private static KeyValuePair<string, PublishedValue> OfAnyNumber(KeyValuePair<string, PublishedValue> variable)
        => variable is { Key: "STACK_REPLICAS", Value.Text: not "1" } ? new(variable.Key, new PublishedValue("2")) : variable;

    private YamlMap Keys(PublishedProgram program)
    {
        var service = Own(images.Of(program));
        service.Add("command", ["--create-keys"]);
        service.Add("environment", ComposeText.Environment(program.Common.Where(v => v.Key == "STACK_KEYS")));
        service.Add("volumes", [$"{StateVolume}:{StateFolder}"]);
        service.Add("restart", "no");
        return service;
    }

    private YamlMap Gateway(PublishedGateway gateway)
    {
        YamlMap service = new()
        {
            { "image", ComposeText.Setting($"{ComposeText.Name(gateway.Name)}_IMAGE", ComposeContainers.Image(gateway.Resource)) },
            { "command", ["nginx", "-g", "daemon off;"] },
        };
        Harden(service, "101:101", "/tmp:uid=101,gid=101,mode=0700");

        // Folders, not files: a mounted file would stay what it was when it is replaced.
        service.Add("volumes", [$"./{gateway.Name}/conf:/etc/nginx:ro", $"./{gateway.Name}/drain:{FlagFolder}:ro"]);
        YamlMap dependsOn = [];
        foreach (var site in gateway.Sites.Select(Program))
        {
            site.Replicas.ToList().ForEach(r => dependsOn.Add(r.Name, Condition(HealthUrl(site, r) is null ? Started : Healthy)));
        }

        service.Add("depends_on", dependsOn);
        service.Add("extra_hosts", addresses.Hosts(gateway.Sites.SelectMany(site => Program(site).Replicas).Select(r => r.Name)));
        service.Add("ports", [Port(gateway.Name, gateway.IsExternal, gateway.Port, PublishNetworks.ContainerPort)]);
        service.Add("restart", "unless-stopped");
        service.Add("stop_signal", "SIGQUIT");
        service.Add("stop_grace_period", "35s");
        return service;
    }

    private YamlMap Dashboard(PublishedDashboard dashboard)
    {
        var service = Own(images.Of(dashboard));
        var port = ComposeText.Setting("DASHBOARD_PORT", $"{PublishedDashboard.Port}");
        var environment = ComposeText.Environment(ContainerDashboard.Environment(plan, dashboard).Where(v => v.Key != ContainerDashboard.PublicUrl));
        environment.Add(ContainerDashboard.PublicUrl, $"http://localhost:{port}");
        service.Add("environment", environment);
        service.Add("volumes", [$"{TelemetryVolume}:{ContainerDashboard.Folder(plan)}"]);
        service.Add("ports", [$"127.0.0.1:{port}:{PublishedDashboard.Port}"]);
        service.Add("restart", "unless-stopped");
        service.Add("stop_grace_period", "35s");
        Limit(service, PublishedDashboard.Name);
        return service;
    }

    private YamlMap Own(PublishedImage image)
    {
        YamlMap service = new() { { "image", ComposeText.Setting(image.Variable, image.Reference(plan)) } };
        Harden(service, PublishedImage.User, "/tmp");
        return service;
    }

    private static void Harden(YamlMap service, string user, string temporary)
    {
        service.Add("user", user);
        service.Add("read_only", true);
        service.Add("cap_drop", ["ALL"]);
        service.Add("security_opt", ["no-new-privileges:true"]);
        service.Add("tmpfs", [temporary]);
        service.Add("logging", Logging);
    }

    private YamlMap? DependsOn(PublishedProgram program)
    {
        YamlMap dependsOn = [];
        if (HasKeys(program))
        {
            dependsOn.Add(KeysService(program), Condition(Completed));
        }

        foreach (var wait in program.Waits)
        {
            var other = Program(wait.Program);
            foreach (var replica in other.Replicas)
            {
                dependsOn.Add(replica.Name, Condition(wait.Type switch
                {
                    WaitType.WaitForCompletion => Completed,
                    WaitType.WaitUntilHealthy when HealthUrl(other, replica) is not null => Healthy,
                    _ => Started,
                }));
            }
        }

        return dependsOn.Count > 0 ? dependsOn : null;
    }

    private IReadOnlyList<string>? Ports(PublishedProgram program, PublishedReplica replica)
        => replica.Port is { } port && program.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.IsExternal) && !plan.Gateways.Any(g => g.Sites.Contains(program.Name))
            ? [Port(replica.Name, isExternal: true, port, port)]
            : null;

    // The image has no shell and no curl, so that the site asks itself.
    private static YamlMap? HealthCheck(PublishedProgram program, PublishedReplica replica) => HealthUrl(program, replica) is not { } url ? null : new()
    {
        { "test", ["CMD", "dotnet", $"/app/{program.Assembly}", "--probe", url] },
        { "interval", ComposeText.Setting("HEALTH_INTERVAL", "10s") },
        { "timeout", "10s" },
        { "retries", 3 },
        { "start_period", "60s" },
    };

    private static string? HealthUrl(PublishedProgram program, PublishedReplica replica)
        => program is { HasServiceDefaults: true, HealthPath: { } path } && replica.Port is { } port ? $"http://127.0.0.1:{port}{ComposeText.Literal(path)}" : null;

    private static YamlMap Condition(string condition) => new() { { "condition", condition } };

    private PublishedProgram Program(string name) => plan.Programs.First(p => p.Name == name);
}
