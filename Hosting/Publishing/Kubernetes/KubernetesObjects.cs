using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Images;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Kubernetes;

/// <summary>Writes the objects of programs: replicas, the jobs that they wait for, and the name under which others reach them.</summary>
internal sealed class KubernetesObjects(PublishPlan plan, PublishedImages images)
{
    public const string StateClaim = "stack-state";

    private const int User = 1654;
    private const int GoAway = 5;

    public string StateFolder => $"/var/lib/stack/{plan.AppName}";

    public YamlMap Deployment(PublishedProgram program) => Object("apps/v1", "Deployment", program.Name, new YamlMap
    {
        { "replicas", program.Replicas.Count },
        { "selector", new YamlMap { { "matchLabels", Labels(program.Name) } } },
        { "strategy", new YamlMap { { "type", "RollingUpdate" }, { "rollingUpdate", new YamlMap { { "maxUnavailable", 0 }, { "maxSurge", 1 } } } } },
        { "template", Pod(program.Name, User, InitContainers(program), Container(program), State(), (int)Math.Ceiling(program.StopGrace.TotalSeconds) + (2 * GoAway)) },
    });

    public static YamlMap Service(string name, params IEnumerable<(string Name, int Port)> ports) => Object("v1", "Service", name, new YamlMap
    {
        { "selector", Labels(name) },
        { "ports", ports.Select(p => new YamlMap { { "name", p.Name }, { "port", p.Port }, { "targetPort", p.Port } }).ToList<object>() },
    });

    public static YamlMap DisruptionBudget(string name) => Object("policy/v1", "PodDisruptionBudget", name, new YamlMap
    {
        { "maxUnavailable", 1 },
        { "selector", new YamlMap { { "matchLabels", Labels(name) } } },
    });

    public static YamlMap Claim(string name, string mode, string size) => Object("v1", "PersistentVolumeClaim", name, ClaimSpec(mode, size));

    public static YamlMap ClaimSpec(string mode, string size) => new()
    {
        { "accessModes", [mode] },
        { "resources", new YamlMap { { "requests", new YamlMap { { "storage", size } } } } },
    };

    public static YamlMap Object(string version, string kind, string name, YamlMap spec) => new()
    {
        { "apiVersion", version }, { "kind", kind }, { "metadata", new YamlMap { { "name", name }, { "labels", Labels(name) } } }, { "spec", spec },
    };

    public static YamlMap Labels(string name) => new() { { "app.kubernetes.io/name", name } };

    /// <summary>A pod's template, without rights and without an account.</summary>
    public static YamlMap Pod(string name, int user, IReadOnlyList<object> before, YamlMap container, IReadOnlyList<object> volumes, int grace) => new()
    {
        { "metadata", new YamlMap { { "labels", Labels(name) } } },
        {
            "spec", new YamlMap
            {
                { "automountServiceAccountToken", false },
                // Variables such as SITE_PORT=tcp://… are nobody's here, and a program could take them for its own.
                { "enableServiceLinks", false },
                { "terminationGracePeriodSeconds", grace },
                {
                    "securityContext", new YamlMap
                    {
                        { "runAsNonRoot", true }, { "runAsUser", user }, { "runAsGroup", user }, { "fsGroup", user }, { "fsGroupChangePolicy", "OnRootMismatch" },
                        { "seccompProfile", new YamlMap { { "type", "RuntimeDefault" } } },
                    }
                },
                { "initContainers", before },
                { "containers", (object[])[container] },
                { "volumes", (object[])[new YamlMap { { "name", "tmp" }, { "emptyDir", new YamlMap() } }, .. volumes] },
            }
        },
    };

    /// <summary>The part of a container that is the same for all of ours.</summary>
    public static YamlMap Hardened(string name, string image, IReadOnlyList<object> mounts) => new()
    {
        { "name", name },
        { "image", image },
        {
            "securityContext", new YamlMap
            {
                { "allowPrivilegeEscalation", false }, { "readOnlyRootFilesystem", true }, { "capabilities", new YamlMap { { "drop", ["ALL"] } } },
            }
        },
        { "volumeMounts", (object[])[Mount("tmp", "/tmp"), .. mounts] },
    };

    /// <summary>Before the signal to stop a pod answers on for a while, in which the Service forgets it.</summary>
    /// <param name="sleep">A command that does nothing for the seconds which are its last argument.</param>
    public static YamlMap GoAwayBy(params IEnumerable<string> sleep)
        => new() { { "preStop", new YamlMap { { "exec", new YamlMap { { "command", (object[])[.. sleep, $"{GoAway}"] } } } } } };

    public static YamlMap Mount(string volume, string path, bool isReadOnly = false) => new() { { "name", volume }, { "mountPath", path }, { "readOnly", isReadOnly ? true : null } };

    private static object[] State() => [new YamlMap { { "name", "state" }, { "persistentVolumeClaim", new YamlMap { { "claimName", StateClaim } } } }];

    private YamlMap Container(PublishedProgram program)
    {
        var container = Own(program, program.Name);
        if (program.IsSite)
        {
            container.Add("ports", (object[])[new YamlMap { { "name", "http" }, { "containerPort", PublishNetworks.ContainerPort } }]);
            container.Add("startupProbe", Probe(program.HealthPath, 2, 1, 30));
            container.Add("readinessProbe", Probe(program.HealthPath, 2, 1, 3));
            container.Add("livenessProbe", Probe(program.AlivePath, 10, 3, 3));
        }

        container.Add("resources", new YamlMap { { "requests", new YamlMap { { "cpu", "100m" }, { "memory", "128Mi" } } } });
        if (program.HasServiceDefaults)
        {
            // The image has no sleep.
            container.Add("lifecycle", GoAwayBy("dotnet", $"/app/{program.Assembly}", "--sleep"));
        }

        return container;
    }

    // Each pod runs them: keys and jobs have to be such that a second time changes nothing.
    private List<object> InitContainers(PublishedProgram program)
    {
        List<object> before = [];
        if (program.IsSite && program.HasServiceDefaults)
        {
            var keys = Hardened("keys", images.Of(program).Repository(plan), [Mount("state", StateFolder)]);
            keys.Add("args", ["--create-keys"]);
            keys.Add("env", KubernetesText.Environment(program.Common.Where(v => v.Key == "STACK_KEYS"), []));
            before.Add(keys);
        }

        foreach (var job in program.Waits.Where(w => w.Type == WaitType.WaitForCompletion).Select(w => plan.Programs.First(p => p.Name == w.Program)).Where(p => p.IsJob))
        {
            before.Add(Own(job, job.Name));
        }

        return before;
    }

    private YamlMap Own(PublishedProgram program, string name)
    {
        string[] perPod = ["STACK_INSTANCE", "STACK_INDEX", "OTEL_RESOURCE_ATTRIBUTES"];
        var hasTelemetry = program.Replicas[0].Environment.ContainsKey("OTEL_RESOURCE_ATTRIBUTES");
        var container = Hardened(name, images.Of(program).Repository(plan), [Mount("state", StateFolder)]);
        container.Add("args", program.Arguments.Select(KubernetesText.Of).ToList());
        container.Add("env", (object[])
        [
            new YamlMap { { "name", "STACK_INSTANCE" }, { "valueFrom", new YamlMap { { "fieldRef", new YamlMap { { "fieldPath", "metadata.name" } } } } } },
            .. hasTelemetry ? [KubernetesText.Variable("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=$(STACK_INSTANCE)")] : Array.Empty<object>(),
            .. KubernetesText.Environment(program.Common.Where(v => !perPod.Contains(v.Key)), program.Arguments),
        ]);
        return container;
    }

    private static YamlMap? Probe(string? path, int period, int timeout, int failures) => path is null ? null : new()
    {
        { "httpGet", new YamlMap { { "path", path }, { "port", "http" } } }, { "periodSeconds", period }, { "timeoutSeconds", timeout }, { "failureThreshold", failures },
    };
}
