using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Hosting.Tests.Publishing.Compose;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Publishing.Kubernetes;
using Stack.Hosting.Publishing.Output;
using YamlDotNet.Serialization;

namespace Hosting.Tests.Publishing.Kubernetes;

/// <summary>What Kubernetes gets: N pods, probes, secrets by reference, and objects that name only what there is.</summary>
public sealed class KubernetesPublisherTests
{
    private readonly IDistributedApplicationBuilder _builder = ComposeOutput.Builder();

    [Fact]
    public async Task A_site_is_a_deployment_of_its_replicas_with_probes_and_without_rights()
    {
        var output = await WriteAsync(Site());

        var spec = Node(output, "site/deployment.yaml", "spec");
        spec["replicas"].ShouldBe("3");
        var pod = ComposeOutput.Map(ComposeOutput.Map(spec["template"])["spec"]);
        pod["terminationGracePeriodSeconds"].ShouldBe("45");
        pod["automountServiceAccountToken"].ShouldBe("false");
        ComposeOutput.Map(pod["securityContext"])["runAsUser"].ShouldBe("1654");
        Names(pod["initContainers"]).ShouldBe(["keys", "prepare"]);
        var site = Items(pod["containers"]).ShouldHaveSingleItem();
        site["image"].ShouldBe("stack/site");
        ComposeOutput.Map(ComposeOutput.Map(site["readinessProbe"])["httpGet"])["path"].ShouldBe("/health");
        ComposeOutput.Map(ComposeOutput.Map(site["livenessProbe"])["httpGet"])["path"].ShouldBe("/alive");
        ComposeOutput.Map(site["securityContext"])["readOnlyRootFilesystem"].ShouldBe("true");
    }

    [Fact]
    public async Task Variables_are_texts_secrets_are_references_and_come_before_what_is_made_of_them()
    {
        var password = _builder.AddParameter("db-password", secret: true);
        var site = Site().WithEnvironment("DB", ReferenceExpression.Create($"Password={password};$(HOME)")).WithEnvironment("db-password", password).WithEnvironment("ONE", "1");

        var output = await WriteAsync(site);

        var variables = Items(Items(Node(output, "site/deployment.yaml", "spec", "template", "spec")["containers"])[0]["env"]);
        var names = variables.Select(v => (string)v["name"]).ToList();
        names.Count.ShouldBe(names.Distinct().Count());
        names.IndexOf("STACK_SECRET_DB_PASSWORD").ShouldBeLessThan(names.IndexOf("DB"));
        Value("DB").ShouldBe("Password=$(STACK_SECRET_DB_PASSWORD);$$(HOME)");
        Value("ONE").ShouldBe("1");
        Value("ASPNETCORE_URLS").ShouldBe("http://+:8080");
        Value("OTEL_RESOURCE_ATTRIBUTES").ShouldBe("service.instance.id=$(STACK_INSTANCE)");
        names[0].ShouldBe("STACK_INSTANCE");
        Key("db-password").ShouldBe("DB_PASSWORD");
        output.Written.Seed!.Dialect.ShouldBe(EnvDialect.Raw);
        output.Written.Seed.Keys.Select(k => k.Name).ShouldContain("DB_PASSWORD");

        object Value(string name) => variables.Single(v => (string)v["name"] == name)["value"];
        object Key(string name) => ComposeOutput.Map(ComposeOutput.Map(variables.Single(v => (string)v["name"] == name)["valueFrom"])["secretKeyRef"])["key"];
    }

    [Fact]
    public async Task Objects_name_only_what_there_is()
    {
        var output = await WriteAsync(Site());

        var files = output.Written.Files.Select(f => f.Path).ToList();
        var kustomization = Node(output, "kustomization.yaml");
        var objects = ((List<object>)kustomization["resources"]).Cast<string>().ToList();
        objects.Except(files).ShouldBeEmpty();
        files.Where(f => f.EndsWith(".yaml", StringComparison.Ordinal) && f != "kustomization.yaml").ShouldBe(objects, ignoreOrder: true);
        var maps = Items(kustomization["configMapGenerator"]).ShouldHaveSingleItem();
        ((List<object>)maps["files"]).Cast<string>().Select(f => f.Split('=')[1]).Except(files).ShouldBeEmpty();
        Items(Node(output, "front/deployment.yaml", "spec", "template", "spec")["volumes"]).Single(v => v.ContainsKey("configMap"))["name"].ShouldBe("conf");
        output["front/conf/nginx.conf"].ShouldBe("site=site:8080 \nsite=site:8080 \nsite=site:8080 ", "all pods are one host, which is tried three times, and nobody sets flags");
        foreach (var workload in objects.Where(o => o.EndsWith("deployment.yaml", StringComparison.Ordinal) || o.EndsWith("statefulset.yaml", StringComparison.Ordinal)))
        {
            var spec = Node(output, workload, "spec");
            ComposeOutput.Map(ComposeOutput.Map(spec["selector"])["matchLabels"]).ShouldBe(ComposeOutput.Map(ComposeOutput.Map(ComposeOutput.Map(spec["template"])["metadata"])["labels"]));
        }

        Node(output, "state-claim.yaml", "metadata")["name"].ShouldBe("stack-state");
        output.Written.Warnings.Count.ShouldBe(2, "storage of several nodes, and a job that runs before each pod");
    }

    [Fact]
    public async Task What_can_not_be_published_is_refused_all_at_once()
    {
        _builder.AddContainer("cache", "redis");
        _builder.AddExecutable("tool", "python3", ".", "main.py");
        _builder.AddSite("Shop");

        (await Should.ThrowAsync<DistributedApplicationException>(() => ComposeOutput.WriteAsync(_builder, new KubernetesPublisher()))).Message.Split(Environment.NewLine).ShouldBe(
        [
            "'cache' is a container of the model, which is not published for Kubernetes yet. Run it by its own chart, make its address a parameter, and leave it out with ExcludeFromManifest.",
            "'tool' runs a program of this machine, which no container has. Leave it out with ExcludeFromManifest.",
            "'Shop' can't be the name of an object in Kubernetes, which has no capital letters. Give the resource another one.",
        ]);
    }

    [Fact]
    public async Task Files_of_the_gateway_have_to_fit_into_an_object()
    {
        ComposeOutput.AddGateway(_builder, Site()).WithAnnotation(new GatewayFilesAnnotation(_ => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["conf.d/my file.conf"] = "", ["a/b.conf"] = "", ["a.b.conf"] = "", ["errors/large.html"] = new string('é', 100_001),
        }));

        (await Should.ThrowAsync<DistributedApplicationException>(() => ComposeOutput.WriteAsync(_builder, new KubernetesPublisher()))).Message.Split(Environment.NewLine).ShouldBe(
        [
            "The file 'conf.d/my file.conf' of the gateway 'front' can't be in a ConfigMap: only letters, digits, '-', '_' and '.' may be in its name. Rename it.",
            "These files of the gateway 'front' would have one name in a ConfigMap: 'a.b.conf', 'a/b.conf'. Rename one.",
            "The files of the gateway 'front' have 200002 bytes together, and a ConfigMap that 'kubectl apply' makes holds 200000; the largest is 'errors/large.html'. Let a site send it.",
        ]);
    }

    [Fact]
    public async Task Sticky_sessions_are_said_to_be_lost()
    {
        var output = await WriteAsync(Site().WithEnvironment("STACK_STICKY", "1"));
        output.Written.Warnings.ShouldContain("'site' has sticky sessions (WithStickySessions), which Kubernetes' Service does not keep: each new connection goes to one of the pods by chance.");
    }

    [Fact]
    public async Task Limits_of_processes_are_said_to_be_lost()
    {
        var output = await WriteAsync(Site().WithSupervision(s => s.Limits["nofile"] = 4096));
        output.Written.Warnings.ShouldContain("What WithSupervision of 'site' says of Limits[\"nofile\"] is not in the output for Kubernetes. The container runtime of the nodes sets such limits; memory and CPU go into an overlay.");
    }

    [Fact]
    public async Task A_name_that_no_host_can_have_is_refused()
    {
        var name = new string('a', 64);
        _builder.AddSite(name);

        (await Should.ThrowAsync<DistributedApplicationException>(() => ComposeOutput.WriteAsync(_builder, new KubernetesPublisher()))).Message
            .ShouldBe($"'{name}' can't be the name of an object in Kubernetes, which has at most 63 letters. Give the resource another one.");
    }

    [Theory]
    [InlineData("nginx", "1.28", null, "nginx", "newTag", "1.28")]
    [InlineData("registry.example.org:5000/nginx", null, null, "registry.example.org:5000/nginx", "newTag", "latest")]
    [InlineData("registry.example.org:5000/nginx", "1", null, "registry.example.org:5000/nginx", "newTag", "1")]
    [InlineData("nginx", null, "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "nginx", "digest", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task The_gateways_image_is_named_with_its_tag_or_digest(string image, string? tag, string? digest, string name, string field, string value)
    {
        var gateway = ComposeOutput.AddGateway(_builder, Site());
        gateway.WithAnnotation(new ContainerImageAnnotation { Image = image, Tag = tag, SHA256 = digest?["sha256:".Length..] }, ResourceAnnotationMutationBehavior.Replace);

        var output = await ComposeOutput.WriteAsync(_builder, new KubernetesPublisher());

        var images = Items(Node(output, "kustomization.yaml")["images"]);
        images.Single(i => (string)i["name"] == name)[field].ShouldBe(value);
    }

    private IResourceBuilder<ProjectResource> Site()
    {
        var job = _builder.AddSite("prepare");
        job.Resource.Annotations.OfType<EndpointAnnotation>().ToList().ForEach(e => job.Resource.Annotations.Remove(e));
        return _builder.AddSite().WithReplicas(3).WithSequentialPorts(8001).WaitForCompletion(job);
    }

    private Task<ComposeOutput> WriteAsync(IResourceBuilder<ProjectResource> site)
    {
        ComposeOutput.AddGateway(_builder, site);
        return ComposeOutput.WriteAsync(_builder, new KubernetesPublisher());
    }

    private static Dictionary<object, object> Node(ComposeOutput output, string file, params string[] path)
        => path.Aggregate(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(output[file]), (node, name) => ComposeOutput.Map(node[name]));

    private static List<Dictionary<object, object>> Items(object list) => [.. ((List<object>)list).Select(ComposeOutput.Map)];

    private static IEnumerable<object> Names(object list) => Items(list).Select(i => i["name"]);
}
