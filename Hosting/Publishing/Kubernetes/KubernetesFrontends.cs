using System.Text;
using Stack.Hosting.Publishing.Images;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Kubernetes;

/// <summary>Writes the objects of gateways and of the dashboard.</summary>
internal static class KubernetesFrontends
{
    private const int NginxUser = 101;

    // A ConfigMap may have 1 MiB, but 'kubectl apply' keeps what it applied in an annotation, and these have 256 KiB with every quote escaped.
    private const int MostBytes = 200_000;

    /// <summary>The key of a file in the gateway's ConfigMap, which has no folders.</summary>
    public static string Key(string path) => path.Replace('/', '.');

    public static string ConfigMap(PublishedGateway gateway) => $"{gateway.Name}-conf";

    /// <summary>What a ConfigMap can't hold.</summary>
    /// <param name="gateway">Whose files they are.</param>
    /// <param name="files">Their texts, by path.</param>
    public static IEnumerable<string> FaultsOf(PublishedGateway gateway, IReadOnlyDictionary<string, string> files)
    {
        foreach (var path in files.Keys.Where(p => !Key(p).All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')).Order(StringComparer.Ordinal))
        {
            yield return $"The file '{path}' of the gateway '{gateway.Name}' can't be in a ConfigMap: only letters, digits, '-', '_' and '.' may be in its name. Rename it.";
        }

        foreach (var twice in files.Keys.GroupBy(Key, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            yield return $"These files of the gateway '{gateway.Name}' would have one name in a ConfigMap: {string.Join(", ", twice.Order(StringComparer.Ordinal).Select(p => $"'{p}'"))}. Rename one.";
        }

        var size = files.Sum(f => (long)Encoding.UTF8.GetByteCount(f.Value));
        if (size > MostBytes)
        {
            var largest = files.MaxBy(f => f.Value.Length);
            yield return $"The files of the gateway '{gateway.Name}' have {size} bytes together, and a ConfigMap that 'kubectl apply' makes holds {MostBytes}; the largest is '{largest.Key}'. Let a site send it.";
        }
    }

    public static YamlMap Gateway(PublishedGateway gateway, string image, IEnumerable<string> files)
    {
        var container = KubernetesObjects.Hardened("nginx", image, [KubernetesObjects.Mount("conf", "/etc/nginx", isReadOnly: true)]);
        container.Add("args", ["nginx", "-g", "daemon off;"]);
        container.Add("ports", (object[])[new YamlMap { { "name", "http" }, { "containerPort", PublishNetworks.ContainerPort } }]);
        container.Add("readinessProbe", new YamlMap { { "tcpSocket", new YamlMap { { "port", "http" } } }, { "periodSeconds", 2 } });
        container.Add("resources", new YamlMap { { "requests", new YamlMap { { "cpu", "50m" }, { "memory", "32Mi" } } } });
        container.Add("lifecycle", KubernetesObjects.GoAwayBy("sleep"));
        YamlMap conf = new()
        {
            { "name", "conf" },
            {
                "configMap", new YamlMap
                {
                    { "name", ConfigMap(gateway) },
                    { "items", files.Select(f => new YamlMap { { "key", Key(f) }, { "path", f } }).ToList<object>() },
                }
            },
        };
        return KubernetesObjects.Object("apps/v1", "Deployment", gateway.Name, new YamlMap
        {
            { "replicas", 1 },
            { "selector", new YamlMap { { "matchLabels", KubernetesObjects.Labels(gateway.Name) } } },
            { "template", KubernetesObjects.Pod(gateway.Name, NginxUser, [], container, [conf], 45) },
        });
    }

    public static YamlMap Dashboard(PublishPlan plan, PublishedDashboard dashboard, PublishedImages images)
    {
        var container = KubernetesObjects.Hardened(PublishedDashboard.Name, images.Of(dashboard).Repository(plan), [KubernetesObjects.Mount("telemetry", ContainerDashboard.Folder(plan))]);
        container.Add("env", KubernetesText.Environment(ContainerDashboard.Environment(plan, dashboard), []));
        container.Add("ports", Ports.Select(p => new YamlMap { { "name", p.Name }, { "containerPort", p.Port } }).ToList<object>());
        container.Add("readinessProbe", new YamlMap { { "tcpSocket", new YamlMap { { "port", "http" } } }, { "periodSeconds", 2 } });
        container.Add("resources", new YamlMap { { "requests", new YamlMap { { "cpu", "100m" }, { "memory", "256Mi" } } } });
        return KubernetesObjects.Object("apps/v1", "StatefulSet", PublishedDashboard.Name, new YamlMap
        {
            { "replicas", 1 },
            { "serviceName", PublishedDashboard.Name },
            { "selector", new YamlMap { { "matchLabels", KubernetesObjects.Labels(PublishedDashboard.Name) } } },
            { "template", KubernetesObjects.Pod(PublishedDashboard.Name, 1654, [], container, [], 45) },
            { "volumeClaimTemplates", (object[])[new YamlMap { { "metadata", new YamlMap { { "name", "telemetry" } } }, { "spec", KubernetesObjects.ClaimSpec("ReadWriteOnce", "5Gi") } }] },
        });
    }

    public static (string Name, int Port)[] Ports => [("http", PublishedDashboard.Port), ("otlp-grpc", PublishedDashboard.OtlpGrpcPort), ("otlp-http", PublishedDashboard.OtlpHttpPort)];
}
