using System.Text;
using System.Text.Json.Nodes;
using Testing.Kubernetes;

namespace EndToEnd.Publishing;

/// <summary>
/// Makes pods that podman 4.3 can play from the templates of workloads. Changed is what it can't do, and nothing else:
/// init containers become pods of their own (with a pod that restarts they would never end); <c>$(NAME)</c> in values is filled in; temporary volumes are named after their pod
/// (podman has one namespace for all); a ConfigMap is a volume with its files (podman makes no folders in one), as are claims of a StatefulSet; ports are not published on the machine;
/// the liveness probe, which podman runs by curl in the container, is left out, and hosts of services are entries in the pod's hosts file.
/// </summary>
internal sealed class PodmanPods(IReadOnlyList<JsonObject> objects, IReadOnlyDictionary<string, string> services)
{
    /// <summary>The name of a pod's container: that of what the pod is one of.</summary>
    public static string ContainerOf(string pod) => pod[..pod.LastIndexOf('-')];

    public JsonObject Of(JsonObject workload, string pod) => Pod(workload, pod, pod, workload["spec"]!["template"]!["spec"]!["containers"]!.AsArray(), "Always");

    public IEnumerable<JsonObject> InitOf(JsonObject workload, string pod)
        => KubernetesYaml.List(workload["spec"]!["template"]!["spec"]!["initContainers"]).Select(c => Pod(workload, $"{pod}-{c["name"]}", pod, [c.DeepClone()], "Never"));

    /// <summary>The files of a ConfigMap, where the pods that mount it want them.</summary>
    public IEnumerable<(string Path, string Text)> FilesOf(JsonObject map)
        => objects.SelectMany(o => KubernetesYaml.List(o["spec"]?["template"]?["spec"]?["volumes"])).Select(v => v["configMap"]).Where(c => $"{c?["name"]}" == $"{map["metadata"]!["name"]}")
            .SelectMany(c => KubernetesYaml.List(c!["items"])).Select(i => ($"{i["path"]}", $"{map["data"]![$"{i["key"]}"]}"));

    private JsonObject Pod(JsonObject workload, string name, string instance, JsonArray containers, string restart)
    {
        var template = workload["spec"]!["template"]!.DeepClone();
        var spec = template["spec"]!.AsObject();
        spec.Remove("initContainers");
        spec["containers"] = containers.DeepClone();
        spec["restartPolicy"] = restart;
        spec["hostAliases"] = new JsonArray([.. services.Select(s => new JsonObject { ["ip"] = s.Value, ["hostnames"] = new JsonArray(s.Key) })]);
        var volumes = spec["volumes"]!.AsArray();
        foreach (var claim in KubernetesYaml.List(workload["spec"]!["volumeClaimTemplates"]).Select(c => $"{c["metadata"]!["name"]}"))
        {
            volumes.Add(Claim(claim, $"{claim}-{instance}"));
        }

        foreach (var container in KubernetesYaml.List(spec["containers"]))
        {
            container["imagePullPolicy"] = "Never";
            container.AsObject().Remove("ports");
            container.AsObject().Remove("livenessProbe");
            Fill(container, instance);
        }

        foreach (var volume in volumes.Select(v => v!).ToList())
        {
            if (volume["configMap"] is { } map)
            {
                volumes[volumes.IndexOf(volume)] = Claim($"{volume["name"]}", $"{map["name"]}");
            }
            else if (volume["emptyDir"] is not null)
            {
                var own = $"{name}-{volume["name"]}";
                KubernetesYaml.List(spec["containers"]).SelectMany(c => KubernetesYaml.List(c["volumeMounts"])).Where(m => $"{m["name"]}" == $"{volume["name"]}").ToList().ForEach(m => m["name"] = own);
                volume["name"] = own;
            }
        }

        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = template["metadata"]!["labels"]!.DeepClone() }, ["spec"] = spec.DeepClone() };
    }

    private static JsonObject Claim(string name, string claim) => new() { ["name"] = name, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } };

    private void Fill(JsonNode container, string instance)
    {
        Dictionary<string, string> known = [];
        foreach (var variable in KubernetesYaml.List(container["env"]))
        {
            var value = $"{variable["value"]}";
            if (variable["valueFrom"]?["fieldRef"] is { } field)
            {
                $"{field["fieldPath"]}".ShouldBe("metadata.name");
                variable.AsObject().Remove("valueFrom");
                variable["value"] = value = instance;
            }
            else if (variable["valueFrom"]?["secretKeyRef"] is { } secret)
            {
                value = Encoding.UTF8.GetString(Convert.FromBase64String($"{objects.Single(o => $"{o["kind"]}" == "Secret" && $"{o["metadata"]!["name"]}" == $"{secret["name"]}")["data"]![$"{secret["key"]}"]}"));
            }
            else
            {
                value = known.Aggregate(value, (text, k) => text.Replace($"$({k.Key})", k.Value, StringComparison.Ordinal)).Replace("$$", "$", StringComparison.Ordinal);
                variable["value"] = value;
            }

            known[$"{variable["name"]}"] = value;
        }
    }
}
