using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.Allocation;

public sealed class EndpointRulesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(9000)]
    public void Replicas_and_an_endpoint_without_a_proxy_exclude_each_other(int? port)
        => Refused(builder => Bare(builder).WithHttpEndpoint(port: port, isProxied: false).WithReplicas(3)).ShouldBe(
            "Endpoint 'http' of resource 'site' has isProxied: false, and the resource has 3 replicas, which can't all listen on one port. Leave isProxied out, give each its own port with WithSequentialPorts, or run one replica.");

    [Theory]
    [InlineData(null)]
    [InlineData(80)]
    [InlineData(9000)]
    public void Replicas_and_a_target_port_exclude_each_other(int? port)
        => Refused(builder => Bare(builder).WithHttpEndpoint(port: port, targetPort: 9000).WithReplicas(2)).ShouldBe(
            "Endpoint 'http' of resource 'site' has target port 9000, and the resource has 2 replicas, each of which needs a port of its own. Leave the target port out, or use WithSequentialPorts.");

    [Fact]
    public void A_port_is_not_proxied_to_itself()
        => Refused(builder => Bare(builder).WithHttpEndpoint(port: 9000, targetPort: 9000)).ShouldBe(
            "Endpoint 'http' of resource 'site' has 9000 both as its port and as its target port, and a port can't be proxied to itself. Leave one of them out, or set isProxied: false.");

    [Fact]
    public void Ports_without_a_proxy_between_them_match()
        => Refused(builder => builder.AddExecutable("site", "/bin/true", ".").WithHttpEndpoint(port: 1000, targetPort: 2000, isProxied: false)).ShouldBe(
            "Endpoint 'http' of resource 'site' has isProxied: false, port 1000 and target port 2000: without a proxy they must match. Leave one of them out.");

    [Fact]
    public void Without_a_proxy_there_is_a_port()
        => Refused(builder => builder.AddExecutable("site", "/bin/true", ".").WithEndpoint(name: "raw", isProxied: false)).ShouldBe(
            "Endpoint 'raw' of resource 'site' has isProxied: false and no port, and without a proxy it needs one. Give it port: or targetPort:.");

    [Theory]
    [InlineData(null)]
    [InlineData(8080)]
    public void A_container_says_on_which_port_it_listens(int? port)
        => Refused(builder => Box(builder).WithHttpEndpoint(port: port)).ShouldBe(
            "Endpoint 'http' of resource 'box' has no target port: it has to say on which port the container listens. Give it targetPort:.");

    [Fact]
    public void All_endpoints_that_break_a_rule_are_reported_at_once()
        => Refused(builder =>
        {
            Bare(builder).WithHttpEndpoint(port: 9000, targetPort: 9000);
            Box(builder).WithHttpEndpoint();
        }).Split(Environment.NewLine).Select(line => line[..line.IndexOf(" has", StringComparison.Ordinal)]).ShouldBe(["Endpoint 'http' of resource 'site'", "Endpoint 'http' of resource 'box'"]);

    [Fact]
    public void A_rule_that_is_broken_is_no_error_before_the_start()
    {
        var builder = Models.Empty();
        Bare(builder).WithHttpEndpoint(isProxied: false).WithReplicas(3);

        using var app = builder.Build();

        app.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(8080, 80, true)]
    [InlineData(80, 80, true)]
    [InlineData(8080, 80, false)]
    [InlineData(null, 80, false)]
    [InlineData(null, 80, true)]
    public void A_container_may_have_any_port_outside(int? port, int? target, bool proxied)
    {
        var builder = Models.Empty();
        Box(builder).WithHttpEndpoint(port: port, targetPort: target, isProxied: proxied);

        Should.NotThrow(() => Plans.Of(builder));
    }

    [Fact]
    public void A_container_with_the_machines_network_needs_no_target_port()
    {
        var builder = Models.Empty();
        Box(builder).WithHttpEndpoint(port: 8080).WithAnnotation(new HostNetworkAnnotation());

        Plans.Of(builder).Ports.Single().Port.ShouldBe(8080);
    }

    [Theory]
    [InlineData(9000, null, false)]
    [InlineData(null, 9000, false)]
    [InlineData(9000, 9000, false)]
    [InlineData(9000, null, true)]
    [InlineData(null, 9000, true)]
    [InlineData(9001, 9000, true)]
    [InlineData(null, null, true)]
    public void One_replica_may_have_its_port_in_any_of_these_forms(int? port, int? target, bool proxied)
    {
        var builder = Models.Empty();
        Bare(builder).WithHttpEndpoint(port: port, targetPort: target, isProxied: proxied);

        Should.NotThrow(() => Plans.Of(builder));
    }

    [Fact]
    public void The_rules_for_replicas_do_not_hold_for_the_endpoint_with_sequential_ports()
    {
        var builder = Models.Empty();
        var site = Bare(builder).WithHttpEndpoint(isProxied: false).WithReplicas(2).WithSequentialPorts(8001);

        Plans.Of(builder).Ports.Select(p => p.Port).ShouldBe([8001, 8002]);
        site.Resource.Endpoint("http").IsProxied.ShouldBeFalse();
    }

    [Fact]
    public void They_do_hold_for_the_other_endpoints_of_that_resource()
        => Refused(builder => Bare(builder).WithHttpEndpoint(name: "admin", targetPort: 9000).WithReplicas(2).WithHttpEndpoint().WithSequentialPorts(8001)).ShouldBe(
            "Endpoint 'admin' of resource 'site' has target port 9000, and the resource has 2 replicas, each of which needs a port of its own. Leave the target port out, or use WithSequentialPorts.");

    private static string Refused(Action<IDistributedApplicationBuilder> declare)
    {
        var builder = Models.Empty();
        declare(builder);
        return Should.Throw<InvalidOperationException>(() => Plans.Of(builder)).Message;
    }

    private static IResourceBuilder<ProjectResource> Bare(IDistributedApplicationBuilder builder) => builder.AddProject<Models.Site>("site", launchProfileName: null);

    private static IResourceBuilder<ContainerResource> Box(IDistributedApplicationBuilder builder)
        => builder.AddResource(new ContainerResource("box")).WithAnnotation(new ContainerImageAnnotation { Image = "box" });
}
