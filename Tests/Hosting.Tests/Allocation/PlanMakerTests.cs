using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Hosting.Tests.Allocation;

public sealed class PlanMakerTests
{
    private static readonly int[] Four = [8001, 8002, 8003, 8004];
    private int _nextFree = 20000;

    [Fact]
    public void Replicas_on_sequential_ports_are_named_by_their_ports()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(4).WithSequentialPorts(8001);

        var plan = Make(builder);

        plan.Resources.ShouldHaveSingleItem().Replicas.Select(r => r.Name).ShouldBe(["site-8001", "site-8002", "site-8003", "site-8004"]);
        plan.Ports.Select(p => p.Port).ShouldBe(Four);
        plan.Resources[0].Replicas.Select(r => r.Port).ShouldBe(Four.Cast<int?>());
    }

    [Fact]
    public void The_order_of_WithReplicas_and_WithSequentialPorts_does_not_matter()
    {
        var builder = Models.Empty();
        builder.AddSite().WithSequentialPorts(8001).WithReplicas(4);

        Make(builder).Ports.Select(p => p.Port).ShouldBe(Four);
    }

    [Fact]
    public void One_replica_on_sequential_ports_is_named_the_same_way()
    {
        var builder = Models.Empty();
        builder.AddSite().WithSequentialPorts(8001);

        Make(builder).Resources[0].Replicas.ShouldHaveSingleItem().Name.ShouldBe("site-8001");
    }

    [Fact]
    public void A_sequential_endpoint_listens_on_the_IPv4_loopback_address_alone()
    {
        var builder = Models.Empty();
        var site = builder.AddSite().WithReplicas(2).WithSequentialPorts(8001);

        Make(builder);

        site.Resource.GetEndpoint("http").EndpointAnnotation.TargetHost.ShouldBe("127.0.0.1");
        site.Resource.GetEndpoint("http").EndpointAnnotation.ReplicaEndpoints.Select(e => e.UriString).ShouldBe(["http://127.0.0.1:8001", "http://127.0.0.1:8002"]);
    }

    [Fact]
    public void A_single_resource_keeps_its_name_and_the_port_of_its_launch_profile()
    {
        var builder = Models.Empty();
        var site = builder.AddSite();

        Make(builder).Ports.ShouldHaveSingleItem().ShouldBe(new PlannedPort("site", "site", "http", 5080));
        site.GetEndpoint("http").Url.ShouldBe("http://localhost:5080");
    }

    [Fact]
    public void Replicas_without_sequential_ports_get_free_ports_after_the_first()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(3);

        Make(builder).Resources[0].Replicas.Select(r => r.Name).ShouldBe(["site-5080", "site-20000", "site-20001"]);
    }

    [Fact]
    public void What_refers_to_a_site_with_a_gateway_gets_the_address_of_the_gateway()
    {
        var builder = Models.Empty();
        var gateway = builder.AddExecutable("gate", "/bin/true", ".").WithHttpEndpoint(port: 8080);
        var site = builder.AddSite().WithReplicas(2).WithSequentialPorts(8001).WithAnnotation(new GatewayAnnotation(gateway.Resource));

        Make(builder);

        site.GetEndpoint("http").Url.ShouldBe("http://localhost:8080");
        site.Resource.GetEndpoint("http").EndpointAnnotation.ReplicaEndpoints[1].Port.ShouldBe(8002);
    }

    [Fact]
    public void Overlapping_ranges_are_reported_together_and_name_both_replicas()
    {
        var builder = Models.Empty();
        builder.AddSite("a").WithReplicas(2).WithSequentialPorts(8001);
        builder.AddSite("b").WithReplicas(2).WithSequentialPorts(8002);
        builder.AddExecutable("c", "/bin/true", ".").WithHttpEndpoint(port: 8001);

        Should.Throw<DistributedApplicationException>(() => Make(builder)).Message.ShouldBe(string.Join(Environment.NewLine,
            "Port 8001 is given to replica 'a-8001' (endpoint 'http') and to replica 'c' (endpoint 'http'). Give each its own range or port.",
            "Port 8002 is given to replica 'a-8002' (endpoint 'http') and to replica 'b-8002' (endpoint 'http'). Give each its own range or port."));
    }

    [Fact]
    public void A_range_that_leaves_the_ports_is_refused()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(4).WithSequentialPorts(65533);

        Should.Throw<DistributedApplicationException>(() => Make(builder)).Message.ShouldBe(
            "Resource 'site' with 4 replicas from port 65533 on would reach port 65536; the last one is 65535. Lower FirstPort or the number of replicas.");
    }

    [Fact]
    public void A_port_from_code_and_sequential_ports_exclude_each_other()
    {
        var builder = Models.Empty();
        builder.AddProject<Models.Site>("site", launchProfileName: null).WithHttpEndpoint(port: 9000).WithSequentialPorts(8001);

        Should.Throw<InvalidOperationException>(() => Make(builder)).Message.ShouldBe(
            "Endpoint 'http' of resource 'site' has port 9000, and WithSequentialPorts gives it 8001 and up. Remove one of the two.");
    }

    [Fact]
    public void Random_ports_give_a_run_of_free_ports_in_place_of_the_range()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(3).WithSequentialPorts(8001);

        var plan = new PlanMaker(Free, randomizePorts: true).Make(builder.Resources);

        plan.Ports.Select(p => p.Port).ShouldBe([20000, 20001, 20002]);
        plan.Resources[0].Replicas[2].Name.ShouldBe("site-20002");
    }

    [Fact]
    public void Free_ports_are_never_ports_that_the_model_declares()
    {
        var builder = Models.Empty();
        _nextFree = 8001;
        builder.AddSite("a").WithReplicas(2).WithSequentialPorts(8001);
        builder.AddExecutable("b", "/bin/true", ".").WithHttpEndpoint();

        Make(builder).Ports.Last().Port.ShouldBe(8003);
    }

    [Fact]
    public void Replica_that_an_earlier_AppHost_left_running_keeps_the_port_that_was_chosen_for_it()
    {
        var builder = Models.Empty();
        builder.AddExecutable("jobs", "/bin/true", ".").WithReplicas(3).WithHttpEndpoint();
        builder.AddExecutable("other", "/bin/true", ".").WithHttpEndpoint();
        _nextFree = 21000;

        var plan = new PlanMaker(Free, randomizePorts: false, running: (resource, index) => (resource, index) == ("jobs", 1) ? 21001 : null).Make(builder.Resources);

        plan.Ports.Select(p => p.Port).ShouldBe([21000, 21001, 21002, 21003]);
        plan.Resources[0].Replicas[1].Name.ShouldBe("jobs-21001");
    }

    [Fact]
    public void A_circle_of_waits_is_refused_and_names_its_path()
    {
        var builder = Models.Empty();
        var a = builder.AddExecutable("a", "/bin/true", ".");
        var b = builder.AddExecutable("b", "/bin/true", ".").WaitFor(a);
        a.WaitFor(b);

        Should.Throw<DistributedApplicationException>(() => Make(builder)).Message.ShouldBe(
            "These resources wait for each other in a circle: 'a' -> 'b' -> 'a'. Remove one of the waits.");
    }

    [Fact]
    public void A_stop_goes_from_what_fronts_others_to_what_they_need()
    {
        var builder = Models.Empty();
        var database = builder.AddExecutable("database", "/bin/true", ".");
        var site = builder.AddSite().WaitFor(database);
        builder.AddExecutable("gate", "/bin/true", ".").WaitForAnyReplica(site);
        builder.AddExecutable("board", "/bin/true", ".");

        var layers = StartOrder.StopLayers(builder.Resources, r => r.Name == "board");

        layers.Select(l => string.Join(",", l.Select(r => r.Name))).ShouldBe(["gate", "site", "database", "board"]);
    }

    private StackPlan Make(IDistributedApplicationBuilder builder)
    {
        var plan = new PlanMaker(Free, randomizePorts: false).Make(builder.Resources);
        PlanMaker.Publish(plan);
        return plan;
    }

    private int Free(int count, IReadOnlySet<int> taken)
    {
        while (Enumerable.Range(_nextFree, count).Any(taken.Contains))
        {
            _nextFree++;
        }

        _nextFree += count;
        return _nextFree - count;
    }
}
