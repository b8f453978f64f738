using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.ApplicationModel;

public sealed class EndpointReferenceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_reference_can_be_made_before_its_endpoint()
    {
        var tool = Tool();
        var reference = tool.GetEndpoint("web");

        reference.Exists.ShouldBeFalse();
        reference.IsAllocated.ShouldBeFalse();
        tool.WithHttpEndpoint(name: "web");

        reference.Exists.ShouldBeTrue();
        reference.IsAllocated.ShouldBeFalse();
        reference.Scheme.ShouldBe("http");
        reference.IsHttp.ShouldBeTrue();
        reference.IsHttps.ShouldBeFalse();
        reference.TlsEnabled.ShouldBeFalse();
        reference.TargetPort.ShouldBeNull();
        reference.EndpointName.ShouldBe("web");
        reference.Resource.ShouldBe(tool.Resource);
        reference.ContextNetworkID.ShouldBeNull();
    }

    [Fact]
    public void Schemes_are_compared_without_regard_to_case()
    {
        var tool = Tool().WithEndpoint(scheme: "HTTPS", name: "web");

        tool.GetEndpoint("WEB").IsHttps.ShouldBeTrue();
        tool.GetEndpoint("web").TlsEnabled.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Scheme")]
    [InlineData("IsHttp")]
    [InlineData("IsHttps")]
    [InlineData("TlsEnabled")]
    [InlineData("TargetPort")]
    [InlineData("Host")]
    [InlineData("Port")]
    [InlineData("Url")]
    [InlineData("EndpointAnnotation")]
    public void What_is_asked_of_an_endpoint_that_is_not_declared_names_it_and_those_that_are(string property)
    {
        var reference = Tool().WithHttpEndpoint().WithEndpoint(name: "raw").GetEndpoint("admin");

        Should.Throw<InvalidOperationException>(() => Read(reference, property)).Message.ShouldBe(
            "The resource 'tool' has no endpoint 'admin'. Declare it, or use one of: 'http', 'raw'.");
    }

    [Fact]
    public async Task The_value_of_an_endpoint_that_is_not_declared_fails_the_same_way()
        => (await Should.ThrowAsync<InvalidOperationException>(async () => await Tool().GetEndpoint("admin").GetValueAsync(Cancelled))).Message.ShouldBe(
            "The resource 'tool' has no endpoint 'admin'. Declare it, or use one of: (it has none).");

    [Theory]
    [InlineData("Host")]
    [InlineData("Port")]
    [InlineData("Url")]
    public void An_address_that_is_read_before_it_is_known_names_endpoint_and_resource(string property)
        => Should.Throw<InvalidOperationException>(() => Read(Tool().WithHttpEndpoint().GetEndpoint("http"), property)).Message.ShouldBe(
            "The address of endpoint 'http' of resource 'tool' is not known yet: addresses are given when the application starts. Use the reference itself as a value, or await GetValueAsync.");

    [Fact]
    public async Task The_value_waits_until_the_address_is_known()
    {
        var tool = Tool().WithHttpEndpoint();
        var value = tool.GetEndpoint("http").GetValueAsync(Cancelled).AsTask();

        value.IsCompleted.ShouldBeFalse();
        Allocate(tool, "http", "localhost", 8000);

        (await value.WaitAsync(TimeSpan.FromSeconds(10), Cancelled)).ShouldBe("http://localhost:8000");
    }

    [Theory]
    [InlineData(EndpointProperty.Url, "http://localhost:8000")]
    [InlineData(EndpointProperty.Host, "localhost")]
    [InlineData(EndpointProperty.IPV4Host, "127.0.0.1")]
    [InlineData(EndpointProperty.Port, "8000")]
    [InlineData(EndpointProperty.Scheme, "http")]
    [InlineData(EndpointProperty.HostAndPort, "localhost:8000")]
    [InlineData(EndpointProperty.TlsEnabled, "False")]
    [InlineData(EndpointProperty.TargetPort, "8000")]
    public async Task Each_property_has_a_value(EndpointProperty property, string expected)
    {
        var tool = Tool().WithHttpEndpoint();
        Allocate(tool, "http", "localhost", 8000);

        (await tool.GetEndpoint("http").Property(property).GetValueAsync(Cancelled)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(EndpointProperty.Scheme, "https")]
    [InlineData(EndpointProperty.TlsEnabled, "True")]
    public async Task What_is_declared_needs_no_address(EndpointProperty property, string expected)
        => (await Tool().WithHttpsEndpoint().GetEndpoint("https").Property(property).GetValueAsync(Cancelled)).ShouldBe(expected);

    [Theory]
    [InlineData(EndpointProperty.Url, "{tool.bindings.http.url}")]
    [InlineData(EndpointProperty.Host, "{tool.bindings.http.host}")]
    [InlineData(EndpointProperty.IPV4Host, "{tool.bindings.http.host}")]
    [InlineData(EndpointProperty.Port, "{tool.bindings.http.port}")]
    [InlineData(EndpointProperty.Scheme, "{tool.bindings.http.scheme}")]
    [InlineData(EndpointProperty.TargetPort, "{tool.bindings.http.targetPort}")]
    [InlineData(EndpointProperty.HostAndPort, "{tool.bindings.http.host}:{tool.bindings.http.port}")]
    [InlineData(EndpointProperty.TlsEnabled, "{tool.bindings.http.tlsEnabled}")]
    public void Each_property_has_a_placeholder(EndpointProperty property, string expected)
    {
        var reference = Tool().WithHttpEndpoint().GetEndpoint("http");

        reference.Property(property).ValueExpression.ShouldBe(expected);
        reference.ValueExpression.ShouldBe("{tool.bindings.http.url}");
    }

    [Fact]
    public void A_property_that_is_none_is_refused()
        => Should.Throw<InvalidOperationException>(() => Tool().WithHttpEndpoint().GetEndpoint("http").Property((EndpointProperty)99).ValueExpression).Message.ShouldBe(
            "The property '99' of endpoint 'http' of resource 'tool' does not exist. Use one of the named values of EndpointProperty.");

    [Fact]
    public void What_a_reference_depends_on_is_its_resource()
    {
        var tool = Tool().WithHttpEndpoint();
        var reference = tool.GetEndpoint("http");

        ((IValueWithReferences)reference).References.ShouldBe([tool.Resource]);
        ((IValueWithReferences)reference.Property(EndpointProperty.Port)).References.ShouldBe([reference]);
    }

    [Fact]
    public async Task A_container_sees_the_address_on_the_containers_network()
    {
        var builder = Models.Empty();
        var api = builder.AddExecutable("api", "/bin/true", ".").WithHttpEndpoint();
        var container = builder.AddResource(new ContainerResource("box")).WithAnnotation(new ContainerImageAnnotation { Image = "box" });
        Allocate(api, "http", "localhost", 8000);
        OnContainers(api, "host.docker.internal", 8000);

        (await api.GetEndpoint("http").GetValueAsync(new ValueProviderContext { Caller = container.Resource }, Cancelled)).ShouldBe("http://host.docker.internal:8000");
        (await api.GetEndpoint("http").GetValueAsync(new ValueProviderContext { Caller = api.Resource }, Cancelled)).ShouldBe("http://localhost:8000");
        (await api.GetEndpoint("http").GetValueAsync(Cancelled)).ShouldBe("http://localhost:8000");
    }

    [Fact]
    public async Task A_container_sees_the_machines_address_where_nothing_else_is_known()
    {
        var builder = Models.Empty();
        var api = builder.AddExecutable("api", "/bin/true", ".").WithHttpEndpoint();
        var container = builder.AddResource(new ContainerResource("box")).WithAnnotation(new ContainerImageAnnotation { Image = "box" });
        Allocate(api, "http", "localhost", 8000);

        (await api.GetEndpoint("http").GetValueAsync(new ValueProviderContext { Caller = container.Resource }, Cancelled)).ShouldBe("http://localhost:8000");
    }

    [Fact]
    public async Task A_reference_for_a_network_sees_that_one_whoever_asks()
    {
        var api = Tool().WithHttpEndpoint();
        Allocate(api, "http", "localhost", 8000);
        OnContainers(api, "api.dev.internal", 80);
        var inside = api.GetEndpoint("http", KnownNetworkIdentifiers.DefaultAspireContainerNetwork);

        inside.ContextNetworkID.ShouldBe(KnownNetworkIdentifiers.DefaultAspireContainerNetwork);
        inside.Url.ShouldBe("http://api.dev.internal:80");
        inside.Host.ShouldBe("api.dev.internal");
        inside.Port.ShouldBe(80);
        (await inside.GetValueAsync(new ValueProviderContext { Caller = api.Resource }, Cancelled)).ShouldBe("http://api.dev.internal:80");
        (await inside.Property(EndpointProperty.IPV4Host).GetValueAsync(Cancelled)).ShouldBe("api.dev.internal");
        api.Resource.GetEndpoints(KnownNetworkIdentifiers.DefaultAspireContainerNetwork).Single().Port.ShouldBe(80);
    }

    [Fact]
    public async Task The_network_that_a_value_is_used_on_wins_over_that_of_its_consumer()
    {
        var api = Tool().WithHttpEndpoint();
        Allocate(api, "http", "localhost", 8000);
        OnContainers(api, "api", 80);

        (await api.GetEndpoint("http").GetValueAsync(new ValueProviderContext { Caller = api.Resource, Network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork }, Cancelled))
            .ShouldBe("http://api:80");
    }

    [Fact]
    public void An_address_on_another_network_is_not_known_because_that_of_the_machine_is()
    {
        var api = Tool().WithHttpEndpoint();
        Allocate(api, "http", "localhost", 8000);

        api.GetEndpoint("http", KnownNetworkIdentifiers.PublicInternet).IsAllocated.ShouldBeFalse();
    }

    [Fact]
    public async Task The_target_port_of_a_container_is_the_one_inside()
    {
        var builder = Models.Empty();
        var box = builder.AddResource(new ContainerResource("box")).WithAnnotation(new ContainerImageAnnotation { Image = "box" }).WithHttpEndpoint(port: 8080, targetPort: 80);
        Plans.Of(builder);

        (await box.GetEndpoint("http").Property(EndpointProperty.TargetPort).GetValueAsync(Cancelled)).ShouldBe("80");
        (await box.GetEndpoint("http").Property(EndpointProperty.Port).GetValueAsync(Cancelled)).ShouldBe("8080");
        box.Resource.Endpoint("http").AllocatedEndpoint!.TargetPortExpression.ShouldBe("80");
    }

    [Fact]
    public async Task The_target_port_is_that_of_the_replica_that_starts_and_for_others_that_of_the_first()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);
        var tool = builder.AddExecutable("tool", "/bin/true", ".");
        var plan = Plans.Of(builder).Resources[0];
        var property = site.GetEndpoint("http").Property(EndpointProperty.TargetPort);

        (await property.GetValueAsync(new ValueProviderContext { Caller = site.Resource, Replica = plan.Replicas[1] }, Cancelled)).ShouldBe("8002");
        (await property.GetValueAsync(new ValueProviderContext { Caller = tool.Resource }, Cancelled)).ShouldBe("8001");
        (await property.GetValueAsync(Cancelled)).ShouldBe("8001");
        site.GetEndpoint("http").TargetPort.ShouldBeNull("the declaration says nothing");
    }

    [Fact]
    public async Task One_replica_can_be_named_by_its_index()
    {
        var builder = Models.Empty();
        var gate = builder.AddExecutable("gate", "/bin/true", ".").WithHttpEndpoint(port: 8080);
        var site = builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithAnnotation(new GatewayAnnotation(gate.Resource));
        Plans.Of(builder);

        (await site.GetEndpoint("http").ForReplica(1).GetValueAsync(Cancelled)).ShouldBe("http://127.0.0.1:8002");
        (await Should.ThrowAsync<InvalidOperationException>(async () => await site.GetEndpoint("http").ForReplica(2).GetValueAsync(Cancelled))).Message.ShouldBe(
            "Resource 'site' has 2 replicas; there is none with index 2.");
        Should.Throw<ArgumentOutOfRangeException>(() => site.GetEndpoint("http").ForReplica(-1));
    }

    [Fact]
    public void A_published_reference_to_a_replica_names_it()
    {
        var reference = Models.Empty().AddSite().GetEndpoint("http").ForReplica(1);

        reference.ValueExpression.ShouldBe("{site.replicas.1.bindings.http.url}");
        reference.Index.ShouldBe(1);
        reference.Endpoint.EndpointName.ShouldBe("http");
        ReferenceExpression.Create($"{reference}/health").ValueExpression.ShouldBe("{site.replicas.1.bindings.http.url}/health");
    }

    private static IResourceBuilder<ExecutableResource> Tool() => Models.Empty().AddExecutable("tool", "/bin/true", ".");

    private static void Allocate(IResourceBuilder<IResource> resource, string endpoint, string host, int port)
    {
        var annotation = resource.Resource.Endpoint(endpoint);
        annotation.AllocatedEndpoint = new AllocatedEndpoint(annotation, host, port);
    }

    private static void OnContainers(IResourceBuilder<IResource> resource, string host, int port)
    {
        var network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork;
        var annotation = resource.Resource.Endpoint("http");
        annotation.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(network, new AllocatedEndpoint(annotation, host, port, EndpointBindingMode.SingleAddress, null, network));
    }

    private static object? Read(EndpointReference reference, string property)
    {
        try
        {
            return typeof(EndpointReference).GetProperty(property)!.GetValue(reference);
        }
        catch (System.Reflection.TargetInvocationException e)
        {
            throw e.InnerException!;
        }
    }
}
