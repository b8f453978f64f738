using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;

namespace Hosting.Tests.Allocation;

public sealed class SequentialPortsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_first_port_that_is_none_is_refused_at_once(int port)
        => Should.Throw<ArgumentOutOfRangeException>(() => Models.Empty().AddSite().WithSequentialPorts(port)).ParamName.ShouldBe("firstPort");

    [Fact]
    public void Each_endpoint_can_have_a_range_and_the_first_call_names_the_replicas()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", "other").WithReplicas(2).WithSequentialPorts(9001, "https").WithSequentialPorts(8001, "http");

        var plan = Plans.Of(builder).Resources[0];

        plan.Replicas.Select(r => r.Name).ShouldBe(["site-9001", "site-9002"]);
        plan.Replicas.Select(r => r.Port).ShouldBe([9001, 9002]);
        plan.Replicas.Select(r => r.Ports["http"]).ShouldBe([8001, 8002]);
    }

    [Fact]
    public void An_endpoint_has_one_range()
    {
        var builder = Models.Empty();
        builder.AddSite().WithSequentialPorts(8001).WithSequentialPorts(9001, "http");

        Should.Throw<DistributedApplicationException>(() => Plans.Of(builder)).Message.ShouldBe(
            "Endpoint 'http' of resource 'site' is given sequential ports from 8001 and from 9001. Call WithSequentialPorts once for each endpoint.");
    }

    [Fact]
    public void Without_a_name_the_endpoint_http_is_meant()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpsEndpoint().WithHttpEndpoint().WithSequentialPorts(8001);

        Plans.Of(builder).Resources[0].Replicas.Single().Ports["http"].ShouldBe(8001);
    }

    [Fact]
    public void Without_an_endpoint_http_the_first_that_speaks_it_is_meant()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithEndpoint(name: "raw").WithHttpsEndpoint(name: "secure").WithHttpEndpoint(name: "plain").WithSequentialPorts(8001);

        Plans.Of(builder).Resources[0].Replicas.Single().Ports["secure"].ShouldBe(8001);
    }

    [Theory]
    [InlineData(null, "http", "http")]
    [InlineData("web", "web", "http")]
    [InlineData("https", "https", "https")]
    public void An_endpoint_that_is_missing_is_made(string? name, string expected, string scheme)
    {
        var builder = Models.Empty();
        var site = builder.AddProject<Models.Site>("site", launchProfileName: null).WithSequentialPorts(8001, name);

        Plans.Of(builder);

        site.GetEndpoint(expected).Url.ShouldBe($"{scheme}://127.0.0.1:8001");
    }

    [Fact]
    public async Task An_endpoint_that_is_missing_is_made_for_publishing_too()
    {
        var builder = Models.Empty("--publisher", "manifest");
        var site = builder.AddProject<Models.Site>("site", launchProfileName: null).WithSequentialPorts(8001);
        await using var app = builder.Build();

        await builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, new DistributedApplicationModel(builder.Resources)), TestContext.Current.CancellationToken);

        site.GetEndpoint("http").Exists.ShouldBeTrue();
    }

    [Fact]
    public void A_range_replaces_the_port_of_the_launch_profile()
    {
        var builder = Models.Empty();
        builder.AddSite().WithSequentialPorts(8001);

        Plans.Of(builder).Ports.Single().Port.ShouldBe(8001);
    }

    [Theory]
    [InlineData(9000, null)]
    [InlineData(null, 9000)]
    public void A_port_from_code_is_a_second_source(int? port, int? target)
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint(port, target).WithSequentialPorts(8001);

        Should.Throw<InvalidOperationException>(() => Plans.Of(builder)).Message.ShouldBe(
            "Endpoint 'http' of resource 'site' has port 9000, and WithSequentialPorts gives it 8001 and up. Remove one of the two.");
    }

    [Fact]
    public void So_is_a_port_that_code_gives_to_the_endpoint_of_the_launch_profile()
    {
        var builder = Models.Empty();
        builder.AddSite().WithEndpoint("http", e => e.Port = 9000).WithSequentialPorts(8001);

        Should.Throw<InvalidOperationException>(() => Plans.Of(builder)).Message.ShouldStartWith("Endpoint 'http' of resource 'site' has port 9000, and WithSequentialPorts");
    }

    [Fact]
    public void So_is_a_target_port_that_code_gives_to_it()
    {
        var builder = Models.Empty();
        builder.AddSite().WithEndpoint("http", e => e.TargetPort = 9000).WithSequentialPorts(8001);

        Should.Throw<InvalidOperationException>(() => Plans.Of(builder)).Message.ShouldStartWith("Endpoint 'http' of resource 'site' has port 9000, and WithSequentialPorts");
    }

    [Fact]
    public void The_other_endpoints_get_a_free_port_for_each_replica()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", "other").WithReplicas(2).WithSequentialPorts(8001);

        var plan = Plans.Of(builder);

        plan.Resources[0].Replicas.Select(r => r.Ports["https"]).ShouldBe([20000, 20001]);
        plan.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_host_that_was_given_stays()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithEndpoint("http", e => e.TargetHost = "0.0.0.0").WithSequentialPorts(8001);

        Plans.Of(builder);

        site.Resource.Endpoint("http").TargetHost.ShouldBe("0.0.0.0");
    }

    [Fact]
    public void All_that_is_wrong_with_the_ports_is_reported_at_once()
    {
        var builder = Models.Empty();
        builder.AddSite("far").WithReplicas(2).WithSequentialPorts(65535);
        builder.AddSite("a").WithReplicas(2).WithSequentialPorts(8001);
        builder.AddSite("b").WithSequentialPorts(8002);
        var maker = new PlanMaker((_, _) => 20000, randomizePorts: false, port => port == 8001 ? "process 4711 (php)" : null);

        Should.Throw<DistributedApplicationException>(() => maker.Make(builder.Resources)).Message.ShouldBe(string.Join(Environment.NewLine,
            "Resource 'far' with 2 replicas from port 65535 on would reach port 65536; the last one is 65535. Lower FirstPort or the number of replicas.",
            "Port 8002 is given to replica 'a-8002' (endpoint 'http') and to replica 'b-8002' (endpoint 'http'). Give each its own range or port.",
            "Port 8001 for replica 'a-8001' of resource 'a' is already in use by process 4711 (php). Free it, or give the resource another port in the AppHost."));
    }

    [Fact]
    public void Random_ports_keep_the_ports_of_each_range_in_a_row()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", "other").WithReplicas(3).WithSequentialPorts(8001).WithSequentialPorts(9001, "https");

        var replicas = Plans.Of(builder, randomizePorts: true).Resources[0].Replicas;

        replicas.Select(r => r.Ports["http"]).ShouldBe([20000, 20001, 20002]);
        replicas.Select(r => r.Ports["https"]).ShouldBe([20003, 20004, 20005]);
        replicas.Select(r => r.Name).ShouldBe(["site-20000", "site-20001", "site-20002"]);
    }

    [Fact]
    public void Replicas_without_endpoints_are_named_by_their_index()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("worker", launchProfileName: null).WithReplicas(2);

        Plans.Of(builder).Resources[0].Replicas.Select(r => r.Name).ShouldBe(["worker-0", "worker-1"]);
    }

    [Fact]
    public void The_last_number_of_replicas_counts()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(4).WithReplicas(2).WithSequentialPorts(8001);

        Plans.Of(builder).Ports.Select(p => p.Port).ShouldBe([8001, 8002]);
    }

    [Fact]
    public void A_number_of_replicas_below_zero_is_refused()
        => Should.Throw<ArgumentOutOfRangeException>(() => Models.Empty().AddSite().WithReplicas(-1));
}
