using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Model;

public sealed class NginxConfigBuilderTests
{
    [Fact]
    public void Everything_that_is_wrong_is_reported_at_once()
    {
        var plan = Plans.Default() with
        {
            Name = "nginx;",
            Port = 70_000,
            ListenOn = [],
            Upstreams = [],
            Steering = null,
            Version = new NginxVersion(1, 18, 0),
            Folder = "state/nginx",
            Processors = 0,
            WorkerUser = new WorkerUser("www data", "x;"),
            Timings = new NginxTimings { UpstreamKeepAlive = TimeSpan.FromSeconds(130) },
        };

        var error = Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(plan));

        error.Message.ShouldBe(
            """
            The configuration of Nginx 'nginx;' can't be made:
            - The name 'nginx;' of the resource may hold letters, digits and hyphens only.
            - Port 70000 given to AddNginx is not a port. Use 1 to 65535.
            - There is no address to listen on.
            - nginx 1.18.0 is too old. Use 1.22.0 or newer.
            - 0 processors are not enough for a worker.
            - The folder 'state/nginx' (setting Stack:State) has to be an absolute path without '$' and control characters: Nginx would take '$' for the start of a variable.
            - 'www data' and 'x;' are not names of a user and a group.
            - It has no upstream. Call WithUpstream(site).
            - UpstreamKeepAlive (130 s) has to be shorter than Kestrel's KeepAliveTimeout (130 s): otherwise a replica closes connections that Nginx is just about to use.
            """);
    }

    [Fact]
    public void Mistakes_of_the_upstream_name_the_replica_and_the_setting()
    {
        IPEndPoint twice = new(IPAddress.Loopback, 8001);
        var plan = Plans.Default().WithUpstream(new UpstreamPlan("site", [twice, twice, new(IPAddress.Loopback, 8080), new(IPAddress.Loopback, 0)], (NginxBalancing)9));

        var error = Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(plan));

        error.Message.ShouldBe(
            """
            The configuration of Nginx 'nginx' can't be made:
            - 9 given to WithUpstream is not a way of balancing. Use LeastConnections, RandomTwo, RoundRobin, ClientIp.
            - 127.0.0.1:8001 is the address of 2 replicas of 'site'. Each needs a port of its own; see WithSequentialPorts.
            - Port 8080 given to AddNginx is also that of a replica of 'site' (127.0.0.1:8080). Give one of them another port.
            - A replica of 'site' has no port (127.0.0.1:0).
            """);
    }

    [Theory]
    [InlineData("site; } server { listen 1", "site")]
    [InlineData("si te", "site")]
    [InlineData("$host", "site")]
    [InlineData("site\nroot /;", "site")]
    [InlineData("", "site")]
    public void A_name_can_not_carry_a_directive_into_the_configuration(string site, string good)
    {
        var plan = Plans.Default();

        Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(plan.With(u => u with { Site = site })))
            .Message.ShouldContain("of the upstream may hold letters, digits and hyphens only.");
        Should.NotThrow(() => NginxConfigBuilder.Build(plan.With(u => u with { Site = good })));
    }

    [Theory]
    [InlineData("/var/$host")]
    [InlineData("/var/a\nb")]
    [InlineData("relative")]
    [InlineData("/var/a\0b")]
    public void A_folder_that_nginx_would_read_as_something_else_is_refused(string folder) =>
        Should.Throw<DistributedApplicationException>(() => NginxConfigBuilder.Build(Plans.Default() with { Folder = folder }))
            .Message.ShouldContain("(setting Stack:State)");

    [Theory]
    [InlineData("site", "stack_site")]
    [InlineData("Shop-Front-2", "stack_shop_front_2")]
    public void A_pool_is_named_after_its_site(string site, string pool) => NginxNames.Pool(site).ShouldBe(pool);
}
