using System.Text.Json.Nodes;
using Aspire.Hosting;
using Stack.Hosting.Building;

namespace Hosting.Tests.Publishing.Manifest;

/// <summary>What goes beside the manifest; every field at once is in the golden file.</summary>
public sealed class ManifestSidecarTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Fact]
    public async Task A_model_that_the_format_can_say_has_none()
    {
        _builder.AddContainer("it", "image").WithHttpEndpoint(targetPort: 80).WithVolume("data", "/data").WithReference(_builder.AddConnectionString("db"));

        (await Manifests.WriteAsync(_builder)).Sidecar.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_excluded_is_not_in_it_and_is_not_waited_for()
    {
        var hidden = _builder.AddContainer("hidden", "image").WithHttpEndpoint(targetPort: 80).WithHttpHealthCheck("/up").ExcludeFromManifest();
        var shown = _builder.AddContainer("shown", "image").WithHttpEndpoint(targetPort: 80).WithHttpHealthCheck("/up");
        _builder.AddContainer("it", "image").WaitFor(hidden).WaitFor(shown);

        var resources = Resources(await Manifests.WriteAsync(_builder));

        resources.Select(r => r.Key).ShouldBe(["shown", "it"]);
        resources["it"]!.ToJsonString().ShouldBe("""{"waitsFor":{"shown":"healthy"}}""");
    }

    [Fact]
    public async Task Without_ports_of_their_own_replicas_have_no_names()
    {
        _builder.AddSite().WithReplicas(4);

        Resources(await Manifests.WriteAsync(_builder))["site"]!.ToJsonString().ShouldBe("""{"replicas":4}""");
    }

    [Fact]
    public async Task A_number_of_replicas_from_the_command_line_is_the_one_that_is_told()
    {
        var builder = Manifests.Builder("--replicas", "site=2");
        builder.AddSite().WithReplicas(8).WithSequentialPorts(8001);

        var manifest = await Manifests.WriteAsync(builder);

        Resources(manifest)["site"]!.ToJsonString().ShouldBe("""{"replicas":2,"firstPorts":{"http":8001},"instances":["site-8001","site-8002"]}""");
        manifest.Warnings.ShouldHaveSingleItem().ShouldStartWith("Resource 'site' has 2 replicas, ");
    }

    private static JsonObject Resources(WrittenManifest manifest) => JsonNode.Parse(manifest.Sidecar!)!["resources"]!.AsObject();
}
