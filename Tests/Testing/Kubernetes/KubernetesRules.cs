using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Testing.Kubernetes;

/// <summary>What no schema says: that objects name only what there is, that probes and services ask ports that are open, that a stop has its time, and that nothing has rights.</summary>
public sealed partial class KubernetesRules
{
    private readonly IReadOnlyList<JsonObject> _objects;
    private readonly List<string> _faults = [];

    private KubernetesRules(IReadOnlyList<JsonObject> objects) => _objects = objects;

    /// <returns>One sentence for each rule that is broken.</returns>
    public static IReadOnlyList<string> FaultsOf(IReadOnlyList<JsonObject> objects)
    {
        KubernetesRules rules = new(objects);
        foreach (var twice in objects.GroupBy(o => $"{o["kind"]} {Name(o)}", StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            rules._faults.Add($"{twice.Key}: twice");
        }

        foreach (var workload in rules.Workloads())
        {
            rules.Workload(workload);
        }

        foreach (var service in rules.Of("Service"))
        {
            rules.Service(service);
        }

        foreach (var budget in rules.Of("PodDisruptionBudget"))
        {
            rules.Check(rules.Selected(budget["spec"]!["selector"]!["matchLabels"]).Any(), budget, "selects no pod");
        }

        return rules._faults;
    }

    private IEnumerable<JsonObject> Of(string kind) => _objects.Where(o => $"{o["kind"]}" == kind);

    private IEnumerable<JsonObject> Workloads() => Of("Deployment").Concat(Of("StatefulSet"));

    private static string Name(JsonNode? found) => $"{found?["metadata"]?["name"]}";

    private static JsonNode Pod(JsonNode workload) => workload["spec"]!["template"]!["spec"]!;

    private static IEnumerable<JsonNode> Containers(JsonNode pod) => KubernetesYaml.List(pod["initContainers"]).Concat(KubernetesYaml.List(pod["containers"]));

    private void Check(bool holds, JsonNode about, string fault)
    {
        if (!holds)
        {
            _faults.Add($"{about["kind"]} {Name(about)}: {fault}");
        }
    }

    private static bool Includes(JsonNode? labels, JsonNode? selector)
        => selector is JsonObject wanted && wanted.Count > 0 && wanted.All(w => $"{labels?[w.Key]}" == $"{w.Value}");

    private IEnumerable<JsonObject> Selected(JsonNode? selector) => Workloads().Where(w => Includes(w["spec"]!["template"]!["metadata"]?["labels"], selector));

    private void Service(JsonObject service)
    {
        List<JsonObject> selected = [.. Selected(service["spec"]!["selector"])];
        Check(selected.Count > 0, service, "selects no pod");
        foreach (var (port, workload) in KubernetesYaml.List(service["spec"]!["ports"]).SelectMany(p => selected.Select(w => (p, w))))
        {
            var target = port["targetPort"] ?? port["port"];
            Check(KubernetesYaml.List(Pod(workload)["containers"]).Any(c => IsOpen(c, target)), service, $"no pod of {Name(workload)} listens on port {target}");
        }
    }

    private static bool IsOpen(JsonNode container, JsonNode? port) => KubernetesYaml.List(container["ports"]).Any(p => $"{p["name"]}" == $"{port}" || $"{p["containerPort"]}" == $"{port}");

    private void Workload(JsonObject workload)
    {
        var (pod, template) = (Pod(workload), workload["spec"]!["template"]!);
        Check(Includes(template["metadata"]?["labels"], workload["spec"]!["selector"]?["matchLabels"]), workload, "does not select its own pods");
        Check(pod["serviceAccountName"] is null || Of("ServiceAccount").Any(a => Name(a) == $"{pod["serviceAccountName"]}"), workload, $"no account {pod["serviceAccountName"]}");
        if ($"{workload["kind"]}" == "StatefulSet")
        {
            Check(Of("Service").Any(s => Name(s) == $"{workload["spec"]!["serviceName"]}"), workload, $"no service {workload["spec"]!["serviceName"]}");
        }

        Security(workload, pod);
        Volumes(workload, pod);
        foreach (var container in Containers(pod))
        {
            Container(workload, container);
            Variables(workload, container);
            Stop(workload, pod, container);
        }
    }

    // The level "restricted" of Kubernetes' pod security standards, and a root that can't be written to.
    private void Security(JsonObject workload, JsonNode pod)
    {
        var context = pod["securityContext"];
        Check($"{context?["runAsNonRoot"]}" == "true" && $"{context?["runAsUser"]}" is not "" and not "0", workload, "may run as root");
        Check($"{context?["seccompProfile"]?["type"]}" == "RuntimeDefault", workload, "has no seccomp profile");
        Check($"{pod["automountServiceAccountToken"]}" == "false", workload, "gets an account's token");
        Check(!new[] { "hostNetwork", "hostPID", "hostIPC" }.Any(h => $"{pod[h]}" == "true") && !KubernetesYaml.List(pod["volumes"]).Any(v => v["hostPath"] is not null), workload, "sees its node");
        foreach (var container in Containers(pod))
        {
            var own = container["securityContext"];
            Check($"{own?["allowPrivilegeEscalation"]}" == "false" && $"{own?["readOnlyRootFilesystem"]}" == "true" && own?["privileged"] is null, workload, $"container {container["name"]} has rights");
            Check(KubernetesYaml.List(own?["capabilities"]?["drop"]).Any(c => $"{c}" == "ALL") && own?["capabilities"]?["add"] is null, workload, $"container {container["name"]} has capabilities");
        }
    }

    private void Volumes(JsonObject workload, JsonNode pod)
    {
        List<string> volumes = [.. KubernetesYaml.List(pod["volumes"]).Select(v => $"{v["name"]}"), .. KubernetesYaml.List(workload["spec"]!["volumeClaimTemplates"]).Select(Name)];
        List<string> mounted = [.. Containers(pod).SelectMany(c => KubernetesYaml.List(c["volumeMounts"])).Select(m => $"{m["name"]}").Distinct()];
        Check(volumes.Distinct().Count() == volumes.Count, workload, "two volumes have one name");
        mounted.Except(volumes).ToList().ForEach(v => Check(false, workload, $"no volume {v}"));
        volumes.Except(mounted).ToList().ForEach(v => Check(false, workload, $"volume {v} is mounted nowhere"));
        foreach (var volume in KubernetesYaml.List(pod["volumes"]))
        {
            if (volume["persistentVolumeClaim"]?["claimName"] is { } claim)
            {
                Check(Of("PersistentVolumeClaim").Any(c => Name(c) == $"{claim}"), workload, $"no claim {claim}");
            }

            if (volume["configMap"] is { } map)
            {
                var keys = KeysOf("ConfigMap", map["name"]);
                Check(keys is not null, workload, $"no config map {map["name"]}");
                KubernetesYaml.List(map["items"]).Where(i => keys?.Contains($"{i["key"]}") == false).ToList().ForEach(i => Check(false, workload, $"no key {i["key"]} in {map["name"]}"));
            }
        }
    }

    private HashSet<string>? KeysOf(string kind, JsonNode? name)
        => Of(kind).FirstOrDefault(o => Name(o) == $"{name}") is { } found ? [.. (found["data"] as JsonObject ?? []).Select(e => e.Key)] : null;

    private void Container(JsonObject workload, JsonNode container)
    {
        List<string> ports = [.. KubernetesYaml.List(container["ports"]).SelectMany(p => new[] { $"{p["name"]}", $"{p["containerPort"]}" }).Where(p => p.Length > 0)];
        Check(ports.Distinct().Count() == ports.Count, workload, $"container {container["name"]} names a port twice");
        foreach (var kind in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
        {
            if (container[kind] is { } probe)
            {
                var how = probe["httpGet"] ?? probe["tcpSocket"];
                Check(how is not null && IsOpen(container, how["port"]), workload, $"{kind} asks port {how?["port"]}, which is not open");
                Check(probe["httpGet"] is null || $"{probe["httpGet"]!["path"]}".StartsWith('/'), workload, $"{kind} asks for no path");
            }
        }
    }

    private void Variables(JsonObject workload, JsonNode container)
    {
        HashSet<string> before = [];
        foreach (var variable in KubernetesYaml.List(container["env"]))
        {
            var value = $"{variable["value"]}";
            Check(before.Add($"{variable["name"]}"), workload, $"variable {variable["name"]} twice");
            foreach (Match reference in Reference().Matches(value.Replace("$$", "", StringComparison.Ordinal)))
            {
                Check(before.Contains(reference.Groups["name"].Value), workload, $"variable {variable["name"]} is made of {reference.Groups["name"].Value}, which comes later or never");
            }

            if (variable["valueFrom"]?["secretKeyRef"] is { } secret)
            {
                Check(KeysOf("Secret", secret["name"])?.Contains($"{secret["key"]}") == true, workload, $"no key {secret["key"]} in {secret["name"]}");
            }

            if (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme == "http" && address.Host is not ("localhost" or "+") && !value.Contains("$(", StringComparison.Ordinal))
            {
                Check(Serves(address), workload, $"variable {variable["name"]}: nothing serves {value}");
            }
        }

        var replicas = KubernetesYaml.List(container["env"]).FirstOrDefault(v => $"{v["name"]}" == "STACK_REPLICAS");
        var isMain = KubernetesYaml.List(Pod(workload)["containers"]).Contains(container);
        Check(!isMain || replicas is null || $"{replicas["value"]}" == $"{workload["spec"]!["replicas"]}", workload, $"has {workload["spec"]!["replicas"]} replicas and tells them {replicas?["value"]}");
    }

    private bool Serves(Uri address)
        => Of("Service").Any(s => Name(s) == address.Host && KubernetesYaml.List(s["spec"]!["ports"]).Any(p => $"{p["port"]}" == address.Port.ToString(CultureInfo.InvariantCulture)));

    // The pause before the stop and the program's own time for it have to fit into what the pod gets.
    private void Stop(JsonObject workload, JsonNode pod, JsonNode container)
    {
        List<string> command = [.. KubernetesYaml.List(container["lifecycle"]?["preStop"]?["exec"]?["command"]).Select(w => $"{w}")];
        var pause = command.Count > 0 ? int.Parse(command[^1], CultureInfo.InvariantCulture) : 0;
        var own = KubernetesYaml.List(container["env"]).FirstOrDefault(v => $"{v["name"]}" == "DOTNET_SHUTDOWNTIMEOUTSECONDS") is { } set ? int.Parse($"{set["value"]}", CultureInfo.InvariantCulture) : 0;
        var grace = int.Parse($"{pod["terminationGracePeriodSeconds"] ?? 30}", CultureInfo.InvariantCulture);
        Check(pause + own < grace, workload, $"container {container["name"]} may take {pause} + {own} s to stop, and gets {grace} s");
    }

    [GeneratedRegex(@"\$\((?<name>[^)]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
