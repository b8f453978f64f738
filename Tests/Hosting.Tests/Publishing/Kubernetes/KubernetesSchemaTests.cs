using System.Text.Json.Nodes;
using Testing;
using Testing.Kubernetes;

namespace Hosting.Tests.Publishing.Kubernetes;

/// <summary>What kubectl makes of an output, held to the types of Kubernetes' own objects: no field that there is not, none of another type, none missing.</summary>
[Trait("kind", "process")]
public sealed class KubernetesSchemaTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Outputs_are_of_the_types_that_Kubernetes_has()
    {
        List<JsonObject> all = [];
        foreach (var model in KubernetesModels.Names.Select(row => row.Data))
        {
            var output = await KubernetesModels.WriteAsync(model);
            KubernetesModels.Save(output, _temp.File(model));
            var objects = await KubernetesTools.KustomizeAsync(_temp.File(model));
            KubernetesRules.FaultsOf(objects).ShouldBeEmpty(model);
            objects.Count.ShouldBe(KubernetesModels.Objects(output).Count);
            all.AddRange(objects);
        }

        (await KubernetesTools.TypeFaultsAsync(all)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_overlay_that_the_readme_shows_changes_what_it_says()
    {
        var output = await KubernetesModels.WriteAsync("two");
        KubernetesModels.Save(output, _temp.File("kubernetes"));
        var shown = output["README.md"].Split("```yaml\n").Skip(1).Select(block => block.Split("\n```")[0]).ToList();
        Directory.CreateDirectory(_temp.File("mine"));
        await File.WriteAllTextAsync(_temp.File("mine/kustomization.yaml"), shown[0], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_temp.File("mine/ingress.yaml"), shown[1], TestContext.Current.CancellationToken);

        var objects = await KubernetesTools.KustomizeAsync(_temp.File("mine"));

        (await KubernetesTools.TypeFaultsAsync(objects)).ShouldBeEmpty();
        KubernetesRules.FaultsOf(objects).ShouldBeEmpty();
        var site = Of(objects, "Deployment", "site")["spec"]!["template"]!["spec"]!["containers"]![0]!;
        $"{site["image"]}".ShouldStartWith("registry.example.org/stack/site:");
        KubernetesYaml.List(site["env"]).Where(v => $"{v["name"]}" == "STACK_PROXIES").Select(v => $"{v["value"]}").ShouldBe(["10.244.0.0/16"]);
        $"{Of(objects, "PersistentVolumeClaim", "stack-state")["spec"]!["storageClassName"]}".ShouldBe("shared");
        $"{Of(objects, "Ingress", "front")["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backend"]!["service"]!["name"]}".ShouldBe("front");
    }

    [Fact]
    public async Task Types_find_a_field_that_there_is_not_another_type_and_a_missing_field()
    {
        var objects = KubernetesModels.Objects(await KubernetesModels.WriteAsync("job"));
        KubernetesRulesTests.Set(Of(objects, "Deployment", "site"), "spec/template/spec/containers/0/livenessProbe/httpGet/uri", "\"/alive\"");
        KubernetesRulesTests.Set(Of(objects, "PodDisruptionBudget", "site"), "spec/selector/matchLabels", "\"site\"");
        KubernetesRulesTests.Set(Of(objects, "Service", "site"), "spec/ports/0/port", null);
        KubernetesRulesTests.Set(Of(objects, "Namespace", "stack"), "kind", "\"Namespaces\"");

        var faults = await KubernetesTools.TypeFaultsAsync(objects);

        faults.Count.ShouldBe(4, string.Join('\n', faults));
        faults.ShouldContain(f => f.StartsWith("Deployment site: ", StringComparison.Ordinal) && f.Contains("'\"uri\"' does not exist in type 'HTTPGetAction'", StringComparison.Ordinal));
        faults.ShouldContain(f => f.StartsWith("PodDisruptionBudget site: ", StringComparison.Ordinal) && f.Contains("Type 'string' is not assignable to type", StringComparison.Ordinal));
        faults.ShouldContain(f => f.StartsWith("Service site: ", StringComparison.Ordinal) && f.Contains("'port' is missing", StringComparison.Ordinal));
        faults.ShouldContain(f => f.StartsWith("Namespaces stack: ", StringComparison.Ordinal) && f.Contains("no exported member", StringComparison.Ordinal));
    }

    private static JsonObject Of(IReadOnlyList<JsonObject> objects, string kind, string name) => objects.Single(o => $"{o["kind"]}" == kind && $"{o["metadata"]!["name"]}" == name);
}
