using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.Publishing;

public sealed class ResolveEndpointsTests
{
    private const string Project = "project";
    private const string Container = "container";
    private const string Executable = "executable";

    [Theory]
    [InlineData(Project, "http", null, null, "-", "-")]
    [InlineData(Project, "https", null, null, "-", "-")]
    [InlineData(Project, "http", 80, null, "-", "80")]
    [InlineData(Project, "http", null, 5000, "5000", "5000 implicit")]
    [InlineData(Project, "http", 80, 5000, "5000", "80")]
    [InlineData(Project, "tcp", null, null, "8000 allocated", "8000 implicit")]
    [InlineData(Project, "tcp", 9000, null, "8000 allocated", "9000")]
    [InlineData(Project, "tcp", null, 9000, "9000", "9000 implicit")]
    [InlineData(Container, "http", null, null, "8000 allocated", "8000 implicit")]
    [InlineData(Container, "http", 80, null, "80 implicit", "80")]
    [InlineData(Container, "http", null, 80, "80", "80 implicit")]
    [InlineData(Container, "tcp", 6379, null, "6379 implicit", "6379")]
    [InlineData(Container, "tcp", 1234, 6379, "6379", "1234")]
    [InlineData(Executable, "http", null, null, "8000 allocated", "8000 implicit")]
    [InlineData(Executable, "http", 80, null, "8000 allocated", "80")]
    [InlineData(Executable, "tcp", null, 9000, "9000", "9000 implicit")]
    public void Ports_are_the_endpoints_own_or_follow_from_them_or_are_chosen(string type, string scheme, int? port, int? targetPort, string target, string exposed)
    {
        var resource = Resource(type);
        resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, scheme, port: port, targetPort: targetPort));

        var resolved = resource.ResolveEndpoints().Single();

        Text(resolved.TargetPort).ShouldBe(target);
        Text(resolved.ExposedPort).ShouldBe(exposed);
    }

    [Theory]
    [InlineData(5000, null)]
    [InlineData(null, 5000)]
    public void An_endpoint_without_proxy_has_one_port(int? port, int? targetPort)
    {
        var resource = Resource(Executable);
        resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "tcp", port: port, targetPort: targetPort, isProxied: false));

        var resolved = resource.ResolveEndpoints().Single();

        Text(resolved.TargetPort).ShouldBe("5000");
        Text(resolved.ExposedPort).ShouldBe("5000");
    }

    [Fact]
    public void A_projects_second_http_endpoint_gets_a_port()
    {
        var resource = Resource(Project);
        Add(resource, "http", "http");
        Add(resource, "https", "https");
        Add(resource, "http", "admin");
        Add(resource, "https", "admin-tls");

        Texts(resource).ShouldBe(["http - -", "https - -", "admin 8000 allocated 8000 implicit", "admin-tls 8001 allocated 8001 implicit"]);
    }

    [Fact]
    public void An_http_endpoint_with_a_target_port_is_the_first_one_too()
    {
        var resource = Resource(Project);
        resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "http", name: "http", targetPort: 5000));
        Add(resource, "http", "admin");

        Texts(resource).ShouldBe(["http 5000 5000 implicit", "admin 8000 allocated 8000 implicit"]);
    }

    [Theory]
    [InlineData(null, 8000)]
    [InlineData(8000, null)]
    public void A_port_that_the_resource_uses_is_not_given_out(int? port, int? targetPort)
    {
        var resource = Resource(Executable);
        Add(resource, "tcp", "free");
        resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, "tcp", name: "fixed", port: port, targetPort: targetPort, isProxied: false));

        Texts(resource)[0].ShouldBe("free 8001 allocated 8001 implicit");
    }

    [Fact]
    public void Several_resources_share_an_allocator()
    {
        var ports = new PortAllocator(9000);
        var (one, other) = (Resource(Executable), Resource(Container));
        Add(one, "tcp", "a");
        Add(other, "tcp", "b");

        one.ResolveEndpoints(ports).Single().TargetPort.Value.ShouldBe(9000);
        other.ResolveEndpoints(ports).Single().TargetPort.Value.ShouldBe(9001);
    }

    [Fact]
    public void A_resource_without_endpoints_has_none() => Resource(Project).ResolveEndpoints().ShouldBeEmpty();

    [Fact]
    public void The_allocator_counts_up_and_leaves_out_what_is_used()
    {
        var ports = new PortAllocator();
        ports.AddUsedPort(8001);
        ports.AddUsedPort(8002);

        new[] { ports.AllocatePort(), ports.AllocatePort(), ports.AllocatePort() }.ShouldBe([8000, 8003, 8004]);
    }

    [Fact]
    public void The_allocator_gives_a_port_that_is_noted_later_no_second_time()
    {
        var ports = new PortAllocator(100);
        var first = ports.AllocatePort();
        ports.AddUsedPort(first);

        ports.AllocatePort().ShouldBe(101);
    }

    [Fact]
    public void The_allocator_says_so_when_there_is_no_port_left()
    {
        var ports = new PortAllocator(65535);
        ports.AllocatePort().ShouldBe(65535);

        Should.Throw<InvalidOperationException>(() => ports.AllocatePort())
            .Message.ShouldBe("No port up to 65535 is left for an endpoint that says none. Give endpoints ports of their own.");
    }

    [Fact]
    public void A_resolved_port_is_a_number_or_none()
    {
        int? none = ResolvedPort.None();
        int? some = ResolvedPort.Explicit(80);

        none.ShouldBeNull();
        some.ShouldBe(80);
        ResolvedPort.Allocated(1).IsAllocated.ShouldBeTrue();
        ResolvedPort.Implicit(1).IsImplicit.ShouldBeTrue();
    }

    private static IResource Resource(string type) => type switch
    {
        Project => new ProjectResource("it"),
        Container => new ContainerResource("it"),
        _ => new ExecutableResource("it", "/bin/true", "/"),
    };

    private static void Add(IResource resource, string scheme, string name) => resource.Annotations.Add(new EndpointAnnotation(ProtocolType.Tcp, scheme, name: name));

    private static string[] Texts(IResource resource)
        => [.. resource.ResolveEndpoints().Select(r => $"{r.Endpoint.Name} {Text(r.TargetPort)} {Text(r.ExposedPort)}")];

    private static string Text(ResolvedPort port)
        => port.Value is { } value ? $"{value}{(port.IsAllocated ? " allocated" : "")}{(port.IsImplicit ? " implicit" : "")}" : "-";
}
