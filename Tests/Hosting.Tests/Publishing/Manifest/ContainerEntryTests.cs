using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class ContainerEntryTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Theory]
    [InlineData("redis", null, "redis:latest")]
    [InlineData("redis", "7", "redis:7")]
    [InlineData("library/redis:7", null, "library/redis:7")]
    [InlineData("ghcr.io/me/tool:1", null, "ghcr.io/me/tool:1")]
    [InlineData("localhost:5000/tool:1", null, "localhost:5000/tool:1")]
    public async Task The_image_is_written_with_registry_and_tag(string image, string? tag, string expected)
    {
        var container = tag is null ? _builder.AddContainer("it", image) : _builder.AddContainer("it", image, tag);

        var written = await Manifests.WriteAsync(container);

        ((string?)written["type"]).ShouldBe("container.v0");
        ((string?)written["image"]).ShouldBe(expected);
    }

    [Fact]
    public async Task A_digest_takes_the_place_of_the_tag()
    {
        var digest = new string('a', 64);

        ((string?)(await Manifests.WriteAsync(_builder.AddContainer("it", "redis").WithImageSHA256(digest)))["image"]).ShouldBe($"redis@sha256:{digest}");
    }

    [Fact]
    public async Task The_fields_come_in_their_order()
    {
        var container = _builder.AddContainer("it", "image").WithEntrypoint("/run").WithArgs("a").WithBindMount("conf", "/conf").WithVolume("data", "/data")
            .WithEnvironment("A", "b").WithHttpEndpoint(targetPort: 80);

        (await Manifests.WriteAsync(container)).Fields().ShouldBe(["type", "image", "entrypoint", "args", "bindMounts", "volumes", "env", "bindings"]);
    }

    [Fact]
    public async Task A_container_with_a_connection_string_has_it_after_its_type()
    {
        var database = new Database("db");
        var builder = _builder.AddResource(database).WithImage("postgres", "17").WithEndpoint(targetPort: 5432, name: "tcp");

        var written = await Manifests.WriteAsync(builder);

        written.Fields()[..3].ShouldBe(["type", "connectionString", "image"]);
        ((string?)written["connectionString"]).ShouldBe("Host={db.bindings.tcp.host};Port={db.bindings.tcp.port}");
    }

    [Fact]
    public async Task Mounts_have_relative_sources_and_names()
    {
        var container = _builder.AddContainer("it", "image").WithBindMount("conf/site", "/conf", isReadOnly: true).WithBindMount("/etc/hosts", "/hosts")
            .WithVolume("data", "/data").WithVolume("cache", "/cache", isReadOnly: true);

        var written = await Manifests.WriteAsync(container);

        Text(written["bindMounts"]).ShouldBe(["source=conf/site target=/conf readOnly=true", $"source={Up}etc/hosts target=/hosts readOnly=false"]);
        Text(written["volumes"]).ShouldBe(["name=data target=/data readOnly=false", "name=cache target=/cache readOnly=true"]);
    }

    [Fact]
    public async Task A_volume_without_a_name_has_none_and_a_warning()
    {
        await using var app = _builder.Build();
        var container = new ContainerResource("it");
        container.Annotations.Add(new ContainerImageAnnotation { Image = "image" });
        container.Annotations.Add(new ContainerMountAnnotation(null, "/data", ContainerMountType.Volume, isReadOnly: false));

        var (text, _, warnings) = await Stack.Hosting.Publishing.Manifest.ManifestStep.RenderAsync(
            _builder.ExecutionContext, new DistributedApplicationModel([container]), _builder.Configuration, "/tmp/m.json", TestContext.Current.CancellationToken);

        Text(JsonNode.Parse(text)!["resources"]!["it"]!["volumes"]).ShouldBe(["target=/data readOnly=false"]);
        warnings.ShouldBe(["Container 'it' has a volume without a name at '/data', and the manifest's format wants one: tools that deploy it may refuse the resource. Give the volume a name."]);
    }

    [Fact]
    public async Task A_Dockerfile_is_a_build_in_place_of_an_image()
    {
        using var temp = new global::Testing.TempFolder();
        await File.WriteAllTextAsync(Path.Combine(temp.Path, "Dockerfile"), "FROM scratch", TestContext.Current.CancellationToken);
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = ["--publisher", "manifest"], ProjectDirectory = temp.Path });
        var version = builder.AddParameter("version");
        var container = builder.AddDockerfile("it", ".", stage: "final").WithBuildArg("VERSION", version).WithBuildArg("FLAVOUR", "plain");
        container.Resource.Annotations.OfType<DockerfileBuildAnnotation>().Single().BuildSecrets["TOKEN"] = builder.AddParameter("token", secret: true).Resource;

        var written = await Manifests.WriteAsync(container);

        written.Fields()[..2].ShouldBe(["type", "build"]);
        ((string?)written["type"]).ShouldBe("container.v1");
        written["build"].Fields().ShouldBe(["context", "dockerfile", "stage", "args", "secrets"]);
        ((string?)written["build"]!["context"]).ShouldBe(".");
        ((string?)written["build"]!["dockerfile"]).ShouldBe("Dockerfile");
        ((string?)written["build"]!["stage"]).ShouldBe("final");
        ((string?)written["build"]!["args"]!["VERSION"]).ShouldBe("{version.value}");
        ((string?)written["build"]!["args"]!["FLAVOUR"]).ShouldBe("plain");
        ((string?)written["build"]!["secrets"]!["TOKEN"]!["type"]).ShouldBe("env");
        ((string?)written["build"]!["secrets"]!["TOKEN"]!["value"]).ShouldBe("{token.value}");
    }

    [Fact]
    public async Task Parts_of_a_build_that_are_rarely_used_have_their_form_too()
    {
        await using var app = _builder.Build();
        var build = new DockerfileBuildAnnotation("/src", "/src/Dockerfile", null) { HasEntrypoint = false };
        build.BuildArguments["FROM_OUTSIDE"] = null;
        build.BuildArguments["FAST"] = true;
        build.BuildArguments["COUNT"] = 3;
        build.BuildSecrets["KEY"] = new FileInfo("/src/key.pem");
        var container = new ContainerResource("it");
        container.Annotations.Add(build);

        var (text, _, _) = await Stack.Hosting.Publishing.Manifest.ManifestStep.RenderAsync(
            _builder.ExecutionContext, new DistributedApplicationModel([container]), _builder.Configuration, "/src/out/m.json", TestContext.Current.CancellationToken);

        JsonNode.Parse(text)!["resources"]!["it"]!["build"]!.ToJsonString().ShouldBe(
            """{"context":"..","dockerfile":"../Dockerfile","buildOnly":true,"args":{"FAST":"true","COUNT":"3"},"secrets":{"KEY":{"type":"file","source":"../key.pem"}}}""");
    }

    [Fact]
    public async Task A_container_without_an_image_is_an_error_that_names_it()
    {
        _builder.AddResource(new ContainerResource("bare"));

        (await Should.ThrowAsync<DistributedApplicationException>(() => Manifests.WriteAsync(_builder)))
            .Message.ShouldBe("Container 'bare' has no image, so it can't be published. Give it one with WithImage, or leave it out with ExcludeFromManifest.");
    }

    // From the folder of temporary files, where these models live, to the root.
    private static string Up => string.Concat(Enumerable.Repeat("../", Path.GetTempPath().Trim('/').Split('/').Length));

    private static string[] Text(JsonNode? mounts) => [.. mounts!.AsArray().Select(m => string.Join(' ', m!.AsObject().Select(p => $"{p.Key}={p.Value}")))];

    private sealed class Database(string name) : ContainerResource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression
        {
            get
            {
                var endpoint = new EndpointReference(this, "tcp");
                return ReferenceExpression.Create($"Host={endpoint.Property(EndpointProperty.Host)};Port={endpoint.Property(EndpointProperty.Port)}");
            }
        }
    }
}
