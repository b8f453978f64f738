using System.Text.Json.Nodes;
using Testing.Kubernetes;

namespace Hosting.Tests.Publishing.Kubernetes;

/// <summary>Objects fit together: what one names another is, and each rule about that finds what breaks it.</summary>
public sealed class KubernetesRulesTests
{
    [Theory]
    [MemberData(nameof(KubernetesModels.Names), MemberType = typeof(KubernetesModels))]
    public async Task What_is_published_breaks_no_rule(string model)
        => KubernetesRules.FaultsOf(KubernetesModels.Objects(await KubernetesModels.WriteAsync(model))).ShouldBeEmpty();

    [Theory]
    [InlineData("Deployment site", "spec/replicas", "4", "Deployment site: has 4 replicas and tells them 3")]
    [InlineData("Deployment site", "spec/selector/matchLabels/app.kubernetes.io~name", "\"shop\"", "Deployment site: does not select its own pods")]
    [InlineData("StatefulSet dashboard", "spec/serviceName", "\"board\"", "StatefulSet dashboard: no service board")]
    [InlineData("Service site", "spec/selector/app.kubernetes.io~name", "\"shop\"", "Service site: selects no pod")]
    [InlineData("Service site", "spec/ports/0/targetPort", "8081", "Service site: no pod of site listens on port 8081")]
    [InlineData("Service dashboard", "spec/ports/1/port", "4317", "Deployment site: variable OTEL_EXPORTER_OTLP_ENDPOINT: nothing serves http://dashboard:18889")]
    [InlineData("PodDisruptionBudget site", "spec/selector/matchLabels/app.kubernetes.io~name", "\"shop\"", "PodDisruptionBudget site: selects no pod")]
    [InlineData("PersistentVolumeClaim stack-state", "metadata/name", "\"other\"", "Deployment site: no claim stack-state")]
    [InlineData("ConfigMap front-conf", "metadata/name", "\"other\"", "Deployment front: no config map front-conf")]
    [InlineData("ConfigMap front-conf", "data", "{}", "Deployment front: no key nginx.conf in front-conf")]
    [InlineData("Secret stack-secrets", "data/OTLP_API_KEY", null, "Deployment site: no key OTLP_API_KEY in stack-secrets")]
    [InlineData("Deployment site", "spec/template/spec/serviceAccountName", "\"admin\"", "Deployment site: no account admin")]
    [InlineData("Deployment site", "spec/template/spec/terminationGracePeriodSeconds", "35", "Deployment site: container site may take 5 + 30 s to stop, and gets 35 s")]
    [InlineData("Deployment site", "spec/template/spec/containers/0/readinessProbe/httpGet/port", "\"web\"", "Deployment site: readinessProbe asks port web, which is not open")]
    [InlineData("Deployment site", "spec/template/spec/containers/0/livenessProbe/httpGet/path", "\"alive\"", "Deployment site: livenessProbe asks for no path")]
    [InlineData("Deployment site", "spec/template/spec/containers/0/env/2", null, "Deployment site: variable OTEL_EXPORTER_OTLP_HEADERS is made of STACK_SECRET_OTLP_API_KEY, which comes later or never")]
    [InlineData("Deployment site", "spec/template/spec/containers/0/volumeMounts/1/name", "\"other\"", "Deployment site: no volume other")]
    [InlineData("Deployment site", "spec/template/spec/volumes/1/name", "\"tmp\"", "Deployment site: two volumes have one name")]
    [InlineData("Deployment site", "spec/template/spec/securityContext/runAsUser", "0", "Deployment site: may run as root")]
    [InlineData("Deployment site", "spec/template/spec/securityContext/seccompProfile", null, "Deployment site: has no seccomp profile")]
    [InlineData("Deployment site", "spec/template/spec/automountServiceAccountToken", null, "Deployment site: gets an account's token")]
    [InlineData("Deployment site", "spec/template/spec/hostNetwork", "true", "Deployment site: sees its node")]
    [InlineData("Deployment site", "spec/template/spec/initContainers/1/securityContext/readOnlyRootFilesystem", "false", "Deployment site: container prepare has rights")]
    [InlineData("Deployment site", "spec/template/spec/containers/0/securityContext/capabilities/add", "[\"NET_ADMIN\"]", "Deployment site: container site has capabilities")]
    [InlineData("Service front", "metadata/name", "\"site\"", "Service site: twice")]
    public async Task A_rule_that_is_broken_is_named(string of, string path, string? value, string fault)
    {
        var objects = KubernetesModels.Objects(await KubernetesModels.WriteAsync("job"));

        Set(objects.Single(o => $"{o["kind"]} {o["metadata"]!["name"]}" == of), path, value);

        KubernetesRules.FaultsOf(objects).ShouldContain(fault);
    }

    /// <summary>Sets what is at a path of names and numbers, in which ~ stands for a slash; without a value it is taken out.</summary>
    internal static void Set(JsonNode node, string path, string? value)
    {
        var steps = path.Split('/').Select(s => s.Replace('~', '/')).ToList();
        var parent = steps[..^1].Aggregate(node, (n, step) => (n is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : n[step])!);
        if (parent is JsonArray items)
        {
            items.RemoveAt(int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture));
        }
        else if (value is null)
        {
            parent.AsObject().Remove(steps[^1]).ShouldBeTrue();
        }
        else
        {
            parent[steps[^1]] = JsonNode.Parse(value);
        }
    }
}
