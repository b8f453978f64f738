using System.Net.Sockets;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Publishing.Manifest;

public sealed class BindingsTests
{
    private readonly IDistributedApplicationBuilder _builder = Manifests.Builder();

    [Theory]
    [InlineData(80, 5000, false, "scheme=http protocol=tcp transport=http port=80 targetPort=5000")]
    [InlineData(80, null, false, "scheme=http protocol=tcp transport=http targetPort=80")]
    [InlineData(null, 80, false, "scheme=http protocol=tcp transport=http targetPort=80")]
    [InlineData(80, 80, false, "scheme=http protocol=tcp transport=http targetPort=80")]
    [InlineData(null, null, false, "scheme=http protocol=tcp transport=http targetPort=8000")]
    [InlineData(80, 5000, true, "scheme=http protocol=tcp transport=http port=80 targetPort=5000 external=true")]
    public async Task A_containers_http_endpoint_has_its_ports(int? port, int? targetPort, bool external, string expected)
    {
        var container = _builder.AddContainer("it", "image").WithHttpEndpoint(port, targetPort);
        if (external)
        {
            container.WithExternalHttpEndpoints();
        }

        Text((await Manifests.WriteAsync(container))["bindings"]!["http"]).ShouldBe(expected);
    }

    [Theory]
    [InlineData("tcp", null, "scheme=tcp protocol=tcp transport=tcp targetPort=6379")]
    [InlineData("redis", null, "scheme=redis protocol=tcp transport=tcp targetPort=6379")]
    [InlineData("https", null, "scheme=https protocol=tcp transport=http targetPort=6379")]
    [InlineData("http", "http2", "scheme=http protocol=tcp transport=http2 targetPort=6379")]
    public async Task Scheme_and_transport_are_the_endpoints_own(string scheme, string? transport, string expected)
    {
        var container = _builder.AddContainer("it", "image").WithEndpoint(targetPort: 6379, scheme: scheme, name: "main");
        container.WithEndpoint("main", e => e.Transport = transport ?? e.Transport);

        Text((await Manifests.WriteAsync(container))["bindings"]!["main"]).ShouldBe(expected);
    }

    [Fact]
    public async Task An_endpoint_of_a_service_that_speaks_http2_says_so()
    {
        var container = _builder.AddContainer("it", "image").WithHttpEndpoint(targetPort: 80).AsHttp2Service();

        ((string?)(await Manifests.WriteAsync(container))["bindings"]!["http"]!["transport"]).ShouldBe("http2");
    }

    [Fact]
    public async Task Several_endpoints_keep_their_order()
    {
        var container = _builder.AddContainer("it", "image").WithHttpEndpoint(targetPort: 80).WithEndpoint(targetPort: 81, name: "metrics").WithHttpsEndpoint(targetPort: 443);

        (await Manifests.WriteAsync(container))["bindings"].Fields().ShouldBe(["http", "metrics", "https"]);
    }

    [Fact]
    public async Task Ports_that_are_chosen_differ_through_the_whole_manifest()
    {
        var one = _builder.AddContainer("one", "image").WithEndpoint(name: "a").WithEndpoint(name: "b");
        _builder.AddContainer("two", "image").WithEndpoint(name: "c");

        var manifest = await Manifests.WriteAsync(_builder);

        ((int?)manifest["one"]["bindings"]!["a"]!["targetPort"]).ShouldBe(8000);
        ((int?)manifest["one"]["bindings"]!["b"]!["targetPort"]).ShouldBe(8001);
        ((int?)manifest["two"]["bindings"]!["c"]!["targetPort"]).ShouldBe(8002);
        one.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_resource_without_endpoints_has_no_bindings()
        => (await Manifests.WriteAsync(_builder.AddContainer("it", "image"))).ContainsKey("bindings").ShouldBeFalse();

    [Fact]
    public async Task A_transport_that_the_format_does_not_know_is_a_warning()
    {
        await using var app = _builder.Build();
        var container = new ContainerResource("dns");
        container.Annotations.Add(new ContainerImageAnnotation { Image = "dns" });
        container.Annotations.Add(new EndpointAnnotation(ProtocolType.Udp, targetPort: 53, name: "dns"));

        var (text, _, warnings) = await Stack.Hosting.Publishing.Manifest.ManifestStep.RenderAsync(
            _builder.ExecutionContext, new DistributedApplicationModel([container]), _builder.Configuration, "/tmp/m.json", TestContext.Current.CancellationToken);

        Text(JsonNode.Parse(text)!["resources"]!["dns"]!["bindings"]!["dns"]).ShouldBe("scheme=udp protocol=udp transport=udp targetPort=53");
        warnings.ShouldBe(["Endpoint 'dns' of resource 'dns' has the transport 'udp', which the manifest's format does not know: tools that deploy it may refuse the resource."]);
    }

    private static string Text(JsonNode? binding) => string.Join(' ', binding!.AsObject().Select(p => $"{p.Key}={p.Value}"));
}
