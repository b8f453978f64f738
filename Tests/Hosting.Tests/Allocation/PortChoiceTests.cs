using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.Allocation;

public sealed class PortChoiceTests
{
    // A project is told its port, an executable only by env:.
    [Theory]
    [InlineData("project", null, null, null, 20000)]
    [InlineData("project", 9000, null, null, 9000)]
    [InlineData("project", null, 9001, null, 9001)]
    [InlineData("project", 9000, 9001, null, 9000)]
    [InlineData("project", 9000, 9001, "LISTEN", 9000)]
    [InlineData("executable", null, null, null, 20000)]
    [InlineData("executable", 9000, null, null, 9000)]
    [InlineData("executable", null, 9001, null, 9001)]
    [InlineData("executable", 9000, 9001, null, 9001)]
    [InlineData("executable", 9000, 9001, "LISTEN", 9000)]
    [InlineData("executable", null, null, "LISTEN", 20000)]
    [InlineData("executable", 0, null, "LISTEN", 20000)]
    public void One_process_listens_on_the_port_that_it_is_told_or_was_made_to(string kind, int? port, int? target, string? env, int expected)
    {
        var builder = Models.Empty();
        Declare(builder, kind, port, target, env);

        var plan = Plans.Of(builder);

        plan.Ports.Single().Port.ShouldBe(expected);
        var endpoint = builder.Resources[0].Endpoint("http");
        endpoint.AllocatedEndpoint!.Port.ShouldBe(expected);
        endpoint.AllocatedEndpoint.TargetPortExpression.ShouldBe($"{expected}");
    }

    [Theory]
    [InlineData("project", "it is served on port 9000, and port 9001 is not")]
    [InlineData("executable", "it is served on port 9001, and port 9000 is not")]
    public void A_port_that_is_not_served_is_warned_of(string kind, string served)
    {
        var builder = Models.Empty();
        Declare(builder, kind, 9000, 9001, null);

        Plans.Of(builder).Warnings.ShouldBe([$"Endpoint 'http' of resource 'site' has port 9000 and target port 9001, and there is no proxy between the two: {served}. Give it one of them."]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(9000, null)]
    [InlineData(null, 9001)]
    public void One_port_is_no_reason_for_a_warning(int? port, int? target)
    {
        var builder = Models.Empty();
        Declare(builder, "project", port, target, null);

        Plans.Of(builder).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_project_is_not_told_of_an_endpoint_that_its_environment_leaves_out()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint(port: 9000, targetPort: 9001).WithEndpointsInEnvironment(_ => false);

        Plans.Of(builder).Ports.Single().Port.ShouldBe(9001);
    }

    [Fact]
    public void A_project_is_not_told_of_what_does_not_speak_http()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithEndpoint(port: 9000, targetPort: 9001, name: "raw");

        Plans.Of(builder).Ports.Single().Port.ShouldBe(9001);
    }

    [Theory]
    [InlineData(8080, 8080)]
    [InlineData(null, 20000)]
    public void A_container_is_reached_on_its_port_or_a_free_one(int? port, int expected)
    {
        var builder = Models.Empty();
        var box = Box(builder).WithHttpEndpoint(port: port, targetPort: 80);

        Plans.Of(builder).Ports.Single().Port.ShouldBe(expected);
        box.GetEndpoint("http").Url.ShouldBe($"http://localhost:{expected}");
    }

    [Fact]
    public void A_container_without_a_proxy_is_reached_on_the_port_it_listens_on()
    {
        var builder = Models.Empty();
        Box(builder).WithHttpEndpoint(targetPort: 8080, isProxied: false);

        Plans.Of(builder).Ports.Single().Port.ShouldBe(8080);
    }

    [Theory]
    [InlineData(8080, null, 8080)]
    [InlineData(null, 80, 80)]
    [InlineData(8080, 80, 8080)]
    public void A_container_with_the_machines_network_is_reached_on_the_port_it_is_told(int? port, int? target, int expected)
    {
        var builder = Models.Empty();
        Box(builder).WithHttpEndpoint(port: port, targetPort: target).WithAnnotation(new HostNetworkAnnotation());

        Plans.Of(builder).Ports.Single().Port.ShouldBe(expected);
    }

    [Fact]
    public void Of_several_replicas_the_first_has_the_fixed_port_and_a_warning_says_so_once()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", "other").WithReplicas(3);

        var plan = Plans.Of(builder);

        plan.Resources[0].Replicas.Select(r => $"{r.Ports["http"]} {r.Ports["https"]}").ShouldBe(["5081 5082", "20000 20002", "20001 20003"]);
        plan.Warnings.ShouldBe([
            "Endpoint 'http' of resource 'site' has port 5081, and the resource has 3 replicas: that port reaches the first one only, the others listen on free ports. "
            + "WithSequentialPorts gives each a port that is known, and a gateway one address to all."]);
    }

    [Fact]
    public void Replicas_without_any_fixed_port_are_no_reason_for_a_warning()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint().WithReplicas(3);

        var plan = Plans.Of(builder);

        plan.Ports.Select(p => p.Port).ShouldBe([20000, 20001, 20002]);
        plan.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void The_same_number_may_be_a_tcp_and_a_udp_port()
    {
        var builder = Models.Empty();
        builder.AddExecutable("dns", "/bin/true", ".").WithEndpoint(port: 5353, name: "tcp").WithEndpoint(port: 5353, name: "udp", protocol: System.Net.Sockets.ProtocolType.Udp);

        Plans.Of(builder).Ports.Select(p => p.Protocol).ShouldBe([System.Net.Sockets.ProtocolType.Tcp, System.Net.Sockets.ProtocolType.Udp]);
    }

    [Theory]
    [InlineData("project", 9000, null, true, 20000)]
    [InlineData("project", null, 9001, true, 20000)]
    [InlineData("project", 9000, 9001, true, 20000)]
    [InlineData("project", 9000, null, false, 9000)]
    [InlineData("project", null, 9001, false, 9001)]
    [InlineData("executable", 9000, null, true, 20000)]
    [InlineData("executable", null, 9001, true, 9001)]
    [InlineData("executable", 9000, 9001, true, 9001)]
    [InlineData("container", 8080, 80, true, 20000)]
    [InlineData("container", 8080, 80, false, 8080)]
    public void Random_ports_replace_the_fixed_ones_of_proxied_endpoints(string kind, int? port, int? target, bool proxied, int expected)
    {
        var builder = Models.Empty();
        switch (kind)
        {
            case "project":
                builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint(port, target, isProxied: proxied);
                break;
            case "executable":
                builder.AddExecutable("site", "/bin/true", ".").WithHttpEndpoint(port, target, isProxied: proxied);
                break;
            default:
                Box(builder).WithHttpEndpoint(port, target, isProxied: proxied);
                break;
        }

        var plan = Plans.Of(builder, randomizePorts: true);

        plan.Ports.Single().Port.ShouldBe(expected);
        plan.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Random_ports_replace_the_port_of_the_launch_profile()
    {
        var builder = Models.Empty();
        builder.AddSite();

        Plans.Of(builder, randomizePorts: true).Ports.Single().Port.ShouldBe(20000);
    }

    [Theory]
    [InlineData("localhost", "localhost", EndpointBindingMode.SingleAddress)]
    [InlineData("LOCALHOST", "localhost", EndpointBindingMode.SingleAddress)]
    [InlineData("", "localhost", EndpointBindingMode.SingleAddress)]
    [InlineData("shop.localhost", "localhost", EndpointBindingMode.SingleAddress)]
    [InlineData("shop.dev.localhost", "localhost", EndpointBindingMode.SingleAddress)]
    [InlineData("0.0.0.0", "localhost", EndpointBindingMode.IPv4AnyAddresses)]
    [InlineData("::", "localhost", EndpointBindingMode.IPv6AnyAddresses)]
    [InlineData("[::]", "localhost", EndpointBindingMode.IPv6AnyAddresses)]
    [InlineData("127.0.0.1", "127.0.0.1", EndpointBindingMode.SingleAddress)]
    [InlineData("127.0.0.2", "127.0.0.2", EndpointBindingMode.SingleAddress)]
    [InlineData("10.1.2.3", "10.1.2.3", EndpointBindingMode.SingleAddress)]
    [InlineData("[::1]", "[::1]", EndpointBindingMode.SingleAddress)]
    [InlineData("*", "localhost", EndpointBindingMode.DualStackAnyAddresses)]
    [InlineData("+", "localhost", EndpointBindingMode.DualStackAnyAddresses)]
    [InlineData("shop.example", "localhost", EndpointBindingMode.DualStackAnyAddresses)]
    public void Where_a_process_listens_says_how_it_is_reached(string targetHost, string address, EndpointBindingMode mode)
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithEndpoint("http", e => e.TargetHost = targetHost);

        Plans.Of(builder);

        var allocated = site.Resource.Endpoint("http").AllocatedEndpoint!;
        allocated.Address.ShouldBe(address);
        allocated.BindingMode.ShouldBe(mode);
        allocated.NetworkID.ShouldBe(KnownNetworkIdentifiers.LocalhostNetwork);
    }

    [Fact]
    public void A_reference_to_replicas_leads_to_the_first_one()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithReplicas(3);

        Plans.Of(builder);

        site.GetEndpoint("http").Url.ShouldBe("http://localhost:5080");
    }

    [Fact]
    public void A_gateway_stands_in_for_one_replica_too()
    {
        var builder = Models.Empty();
        var gate = builder.AddExecutable("gate", "/bin/true", ".").WithHttpEndpoint(port: 8080);
        var site = builder.AddSite().WithAnnotation(new GatewayAnnotation(gate.Resource));

        Plans.Of(builder);

        site.GetEndpoint("http").Url.ShouldBe("http://localhost:8080");
        site.Resource.Endpoint("http").AllocatedEndpoint!.TargetPortExpression.ShouldBe("5080");
    }

    [Fact]
    public void A_gateway_stands_in_for_the_scheme_that_it_serves_only()
    {
        var builder = Models.Empty();
        var gate = builder.AddExecutable("gate", "/bin/true", ".").WithHttpEndpoint(port: 8080);
        var site = builder.AddProject<Models.Site>("site", "other").WithAnnotation(new GatewayAnnotation(gate.Resource));

        Plans.Of(builder);

        site.GetEndpoint("http").Url.ShouldBe("http://localhost:8080");
        site.GetEndpoint("https").Url.ShouldBe("https://localhost:5082");
    }

    [Fact]
    public void Of_several_gateways_the_first_counts()
    {
        var builder = Models.Empty();
        var first = builder.AddExecutable("first", "/bin/true", ".").WithHttpEndpoint(port: 8080);
        var second = builder.AddExecutable("second", "/bin/true", ".").WithHttpEndpoint(port: 8081);
        var site = builder.AddSite().WithAnnotation(new GatewayAnnotation(first.Resource)).WithAnnotation(new GatewayAnnotation(second.Resource));

        Plans.Of(builder);

        site.GetEndpoint("http").Port.ShouldBe(8080);
    }

    [Fact]
    public void A_gateway_does_not_change_what_is_published()
    {
        var builder = Models.Empty();
        var gate = builder.AddExecutable("gate", "/bin/true", ".").WithHttpEndpoint(port: 8080);
        var site = builder.AddSite().WithAnnotation(new GatewayAnnotation(gate.Resource));

        Plans.Of(builder);

        site.GetEndpoint("http").ValueExpression.ShouldBe("{site.bindings.http.url}");
    }

    [Fact]
    public void Two_that_refer_to_each_other_both_get_addresses()
    {
        var builder = Models.Empty();
        var a = builder.AddSite("a");
        var b = builder.AddProject<Models.Site>("b", "other").WithReference(a);
        a.WithReference(b);

        Plans.Of(builder);

        a.GetEndpoint("http").IsAllocated.ShouldBeTrue();
        b.GetEndpoint("http").IsAllocated.ShouldBeTrue();
    }

    [Fact]
    public void Without_replicas_there_is_an_address_all_the_same_so_that_nobody_waits_for_ever()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithReplicas(0);
        var numbered = builder.AddSite("numbered").WithReplicas(0).WithSequentialPorts(8001);

        var plan = Plans.Of(builder);

        plan.Ports.ShouldBeEmpty();
        plan.Resources.SelectMany(r => r.Replicas).ShouldBeEmpty();
        site.GetEndpoint("http").Url.ShouldBe("http://localhost:5080");
        numbered.GetEndpoint("http").Url.ShouldBe("http://127.0.0.1:8001");
    }

    [Fact]
    public void A_resource_that_the_engine_does_not_run_is_not_in_the_plan()
    {
        var builder = Models.Empty();
        builder.AddResource(new Other("other")).WithHttpEndpoint(port: 80);

        Plans.Of(builder).Resources.ShouldBeEmpty();
    }

    private static void Declare(IDistributedApplicationBuilder builder, string kind, int? port, int? target, string? env)
    {
        if (kind == "project")
        {
            builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint(port, target, env: env);
        }
        else
        {
            builder.AddExecutable("site", "/bin/true", ".").WithHttpEndpoint(port, target, env: env);
        }
    }

    private static IResourceBuilder<ContainerResource> Box(IDistributedApplicationBuilder builder)
        => builder.AddResource(new ContainerResource("box")).WithAnnotation(new ContainerImageAnnotation { Image = "box" });

    private sealed class Other(string name) : Resource(name), IResourceWithEndpoints;
}
