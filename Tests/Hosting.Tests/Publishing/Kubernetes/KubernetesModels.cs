using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Publishing.Compose;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Kubernetes;
using Testing.Kubernetes;

namespace Hosting.Tests.Publishing.Kubernetes;

/// <summary>Small models, as they are published for Kubernetes.</summary>
internal static class KubernetesModels
{
    public static IEnumerable<TheoryDataRow<string>> Names => [new("job"), new("one"), new("two"), new("secrets")];

    public static Task<ComposeOutput> WriteAsync(string name)
    {
        var builder = ComposeOutput.Builder();
        IResourceBuilder<ProjectResource>[] sites = name switch
        {
            "job" => [builder.AddSite().WithReplicas(3).WithSequentialPorts(8001).WaitForCompletion(Job(builder))],
            "one" => [builder.AddSite().WithReplicas(1).WithSequentialPorts(8001)],
            "two" => [builder.AddSite().WithReplicas(2).WithSequentialPorts(8001), builder.AddSite("shop").WithReplicas(5).WithSequentialPorts(8101)],
            _ => [Secrets(builder)],
        };
        ComposeOutput.AddGateway(builder, sites);
        return ComposeOutput.WriteAsync(builder, new KubernetesPublisher());
    }

    /// <summary>The objects that it lists and those that kustomize would make.</summary>
    public static IReadOnlyList<JsonObject> Objects(ComposeOutput output)
        => KubernetesYaml.Folder(output.Written.Files.ToDictionary(f => f.Path, f => f.Text), output.Written.Seed?.Keys.Select(k => k.Name) ?? []);

    /// <summary>Writes it as the publisher's folder would.</summary>
    public static void Save(ComposeOutput output, string folder)
    {
        foreach (var file in output.Written.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file.Path))!);
            File.WriteAllText(Path.Combine(folder, file.Path), file.Text);
        }

        File.WriteAllLines(Path.Combine(folder, output.Written.Seed!.Path), output.Written.Seed.Keys.Select(k => $"{k.Name}=yes"));
    }

    private static IResourceBuilder<ProjectResource> Job(IDistributedApplicationBuilder builder)
    {
        var job = builder.AddSite("prepare");
        job.Resource.Annotations.OfType<EndpointAnnotation>().ToList().ForEach(e => job.Resource.Annotations.Remove(e));
        return job;
    }

    private static IResourceBuilder<ProjectResource> Secrets(IDistributedApplicationBuilder builder)
    {
        var password = builder.AddParameter("db-password", secret: true);
        return builder.AddSite().WithReplicas(2).WithSequentialPorts(8001)
            .WithEnvironment("DB", ReferenceExpression.Create($"Password={password};$(HOME)")).WithEnvironment("PASSWORD", password)
            .WithEnvironment("ONE", "1").WithEnvironment("YES", "yes").WithEnvironment("NASTY", "a: b # c\n\t\"é\" 'x' {y} \\ 0x1");
    }
}
