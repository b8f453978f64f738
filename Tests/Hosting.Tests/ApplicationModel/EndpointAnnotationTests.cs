using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests.ApplicationModel;

public sealed class EndpointAnnotationTests
{
    [Theory]
    [InlineData(ProtocolType.Tcp, null, "tcp", "tcp", "tcp")]
    [InlineData(ProtocolType.Udp, null, "udp", "udp", "udp")]
    [InlineData(ProtocolType.Tcp, "http", "http", "http", "http")]
    [InlineData(ProtocolType.Tcp, "https", "https", "https", "http")]
    [InlineData(ProtocolType.Tcp, "HTTP", "HTTP", "HTTP", "http")]
    [InlineData(ProtocolType.Tcp, "redis", "redis", "redis", "tcp")]
    [InlineData(ProtocolType.Udp, "dns", "dns", "dns", "udp")]
    public void Scheme_name_and_transport_follow_from_each_other(ProtocolType protocol, string? scheme, string uriScheme, string name, string transport)
    {
        var endpoint = new EndpointAnnotation(protocol, scheme);

        endpoint.UriScheme.ShouldBe(uriScheme);
        endpoint.Name.ShouldBe(name);
        endpoint.Transport.ShouldBe(transport);
        endpoint.Protocol.ShouldBe(protocol);
    }

    [Fact]
    public void What_is_given_wins_over_what_would_follow()
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, "https", transport: "http2", name: "admin", port: 1, targetPort: 2, isExternal: true, isProxied: false);

        endpoint.Transport.ShouldBe("http2");
        endpoint.Name.ShouldBe("admin");
        endpoint.Port.ShouldBe(1);
        endpoint.TargetPort.ShouldBe(2);
        endpoint.IsExternal.ShouldBeTrue();
        endpoint.IsProxied.ShouldBeFalse();
    }

    [Fact]
    public void An_endpoint_is_proxied_internal_and_on_localhost_unless_something_else_is_said()
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp);

        endpoint.IsProxied.ShouldBeTrue();
        endpoint.IsExternal.ShouldBeFalse();
        endpoint.TargetHost.ShouldBe("localhost");
        endpoint.Port.ShouldBeNull();
        endpoint.TargetPort.ShouldBeNull();
        endpoint.AllocatedEndpoint.ShouldBeNull();
        endpoint.DefaultNetworkID.ShouldBe(KnownNetworkIdentifiers.LocalhostNetwork);
    }

    [Theory]
    [InlineData("http", false)]
    [InlineData("https", true)]
    [InlineData("HTTPS", true)]
    [InlineData("tcp", false)]
    public void Encryption_follows_from_the_scheme_until_it_is_set(string scheme, bool expected)
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, scheme);

        endpoint.TlsEnabled.ShouldBe(expected);
        endpoint.TlsEnabled = !expected;
        endpoint.TlsEnabled.ShouldBe(!expected);
    }

    [Fact]
    public void The_transport_follows_a_scheme_that_is_changed_later()
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: "web") { UriScheme = "https" };

        endpoint.Transport.ShouldBe("http");
        endpoint.TlsEnabled.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, 1, null, 1, null)]
    [InlineData(true, null, 2, null, 2)]
    [InlineData(false, 1, null, 1, 1)]
    [InlineData(false, null, 2, 2, 2)]
    [InlineData(false, 1, 2, 1, 2)]
    [InlineData(false, null, null, null, null)]
    public void Without_a_proxy_one_port_stands_for_both(bool proxied, int? port, int? target, int? expectedPort, int? expectedTarget)
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, port: port, targetPort: target, isProxied: proxied);

        endpoint.Port.ShouldBe(expectedPort);
        endpoint.TargetPort.ShouldBe(expectedTarget);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void A_port_that_is_none_is_refused(int port)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new EndpointAnnotation(ProtocolType.Tcp, port: port)).Message.ShouldStartWith("The port must lie between 0 and 65535.");
        Should.Throw<ArgumentOutOfRangeException>(() => new EndpointAnnotation(ProtocolType.Tcp, targetPort: port)).Message.ShouldStartWith("The target port must lie between 0 and 65535.");
        Should.Throw<ArgumentOutOfRangeException>(() => new EndpointAnnotation(ProtocolType.Tcp).Port = port);
        Should.Throw<ArgumentOutOfRangeException>(() => new EndpointAnnotation(ProtocolType.Tcp).TargetPort = port);
    }

    [Theory]
    [InlineData("my_endpoint", "it may only have ASCII letters, digits and hyphens")]
    [InlineData("-x", "it must start with a letter")]
    [InlineData("x-", "it may not end with a hyphen")]
    public void A_bad_name_is_refused_with_the_rule_it_breaks(string name, string rule)
    {
        Should.Throw<ArgumentException>(() => new EndpointAnnotation(ProtocolType.Tcp, name: name)).Message.ShouldBe($"The endpoint name '{name}' is invalid: {rule}. (Parameter 'name')");
        Should.Throw<ArgumentException>(() => new EndpointAnnotation(ProtocolType.Tcp).Name = name);
    }

    [Fact]
    public void An_address_that_is_set_is_the_one_on_the_endpoints_own_network()
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, "http");

        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 8000);
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 8001);

        endpoint.AllocatedEndpoint.Port.ShouldBe(8001);
        endpoint.AllAllocatedEndpoints.ShouldHaveSingleItem().NetworkID.ShouldBe(KnownNetworkIdentifiers.LocalhostNetwork);
    }

    [Fact]
    public void An_endpoint_can_have_an_address_on_each_network()
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, "http");
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 8000);

        endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(
            KnownNetworkIdentifiers.DefaultAspireContainerNetwork, new AllocatedEndpoint(endpoint, "api", 80, EndpointBindingMode.SingleAddress, null, KnownNetworkIdentifiers.DefaultAspireContainerNetwork));

        endpoint.AllocatedEndpoint.UriString.ShouldBe("http://localhost:8000");
        endpoint.AllAllocatedEndpoints.TryGetAllocatedEndpoint(KnownNetworkIdentifiers.DefaultAspireContainerNetwork, out var inside).ShouldBeTrue();
        inside!.UriString.ShouldBe("http://api:80");
        endpoint.AllAllocatedEndpoints.TryGetAllocatedEndpoint(KnownNetworkIdentifiers.PublicInternet, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_waits_for_an_address_gets_it_when_it_is_set()
    {
        var endpoint = new EndpointAnnotation(ProtocolType.Tcp, "http");
        var waiting = endpoint.AllAllocatedEndpoints.GetAllocatedEndpointAsync(KnownNetworkIdentifiers.LocalhostNetwork, TestContext.Current.CancellationToken);

        waiting.IsCompleted.ShouldBeFalse();
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 8000);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Port.ShouldBe(8000);
    }

    [Fact]
    public void A_network_has_one_entry()
    {
        var list = new NetworkEndpointSnapshotList();

        list.TryAdd(new NetworkIdentifier("a"), new ValueSnapshot<AllocatedEndpoint>()).ShouldBeTrue();
        list.TryAdd(new NetworkIdentifier("a"), new ValueSnapshot<AllocatedEndpoint>()).ShouldBeFalse();
        list.TryAdd(new NetworkIdentifier("b"), new ValueSnapshot<AllocatedEndpoint>()).ShouldBeTrue();

        list.Select(s => s.NetworkID.Value).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_value_that_will_not_come_fails_those_who_wait()
    {
        var value = new ValueSnapshot<string>();
        var waiting = value.GetValueAsync(TestContext.Current.CancellationToken);

        value.SetException(new InvalidOperationException("no address"));

        (await Should.ThrowAsync<InvalidOperationException>(() => waiting)).Message.ShouldBe("no address");
        value.IsValueSet.ShouldBeFalse();
    }

    [Theory]
    [InlineData("localhost", "http://localhost:80")]
    [InlineData("::1", "http://[::1]:80")]
    [InlineData("[::1]", "http://[::1]:80")]
    [InlineData("10.0.0.1", "http://10.0.0.1:80")]
    public void An_address_is_written_as_a_url(string host, string url)
    {
        var address = new AllocatedEndpoint(new EndpointAnnotation(ProtocolType.Tcp, "http"), host, 80);

        address.UriString.ShouldBe(url);
        address.ToString().ShouldBe(url);
        address.EndPointString.ShouldBe(url["http://".Length..]);
    }

    [Fact]
    public void Endpoints_are_declared_with_the_names_that_Aspire_has()
    {
        var tool = Models.Empty().AddExecutable("tool", "/bin/true", ".")
            .WithEndpoint(port: 1, targetPort: 2, scheme: "redis", name: "cache", env: "CACHE_PORT", isProxied: true, isExternal: true, protocol: ProtocolType.Tcp)
            .WithHttpEndpoint(port: 3, targetPort: 4, name: "web", env: "WEB_PORT", isProxied: true)
            .WithHttpsEndpoint(port: 5, targetPort: 6, name: "secure", env: "SECURE_PORT", isProxied: true)
            .WithEndpoint("made", e => e.Port = 7)
            .WithEndpoint("missing", e => e.Port = 8, createIfNotExists: false);

        tool.Resource.TryGetEndpoints(out var endpoints).ShouldBeTrue();
        endpoints!.Select(e => $"{e.Name} {e.UriScheme} {e.Transport} {e.Port} {e.TargetPort} {e.IsExternal}").ShouldBe(
            ["cache redis tcp 1 2 True", "web http http 3 4 False", "secure https http 5 6 False", "made tcp tcp 7  False"]);
    }

    [Fact]
    public void A_resource_without_endpoints_says_so()
    {
        Models.Empty().AddExecutable("tool", "/bin/true", ".").Resource.TryGetEndpoints(out var endpoints).ShouldBeFalse();
        endpoints.ShouldBeNull();
    }

    [Fact]
    public void A_change_finds_the_endpoint_whatever_its_case()
    {
        var site = Models.Empty().AddSite().WithEndpoint("HTTP", e => e.IsExternal = true);

        site.Resource.Annotations.OfType<EndpointAnnotation>().ShouldHaveSingleItem().IsExternal.ShouldBeTrue();
    }

    [Fact]
    public void A_second_endpoint_of_a_scheme_needs_a_name()
        => Should.Throw<DistributedApplicationException>(() => Models.Empty().AddExecutable("tool", "/bin/true", ".").WithHttpEndpoint().WithHttpEndpoint()).Message.ShouldBe(
            "Resource 'tool' has an endpoint named 'http' already. The name may come from the scheme; give one of them another name with name:.");

    [Fact]
    public void Only_http_and_https_endpoints_become_external_together()
    {
        var tool = Models.Empty().AddExecutable("tool", "/bin/true", ".").WithHttpEndpoint().WithHttpsEndpoint().WithEndpoint(name: "raw").WithExternalHttpEndpoints();

        tool.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => e.IsExternal).ShouldBe([true, true, false]);
    }

    [Fact]
    public async Task A_service_that_speaks_http2_has_that_transport_from_the_start_on()
    {
        var builder = Models.Empty();
        var grpc = builder.AddExecutable("grpc", "/bin/true", ".").WithHttpEndpoint().WithHttpsEndpoint().WithEndpoint(name: "raw").AsHttp2Service();
        builder.AddExecutable("other", "/bin/true", ".").WithHttpEndpoint();
        await using var app = builder.Build();

        await builder.Eventing.PublishAsync(new BeforeStartEvent(app.Services, new DistributedApplicationModel(builder.Resources)), TestContext.Current.CancellationToken);

        grpc.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => e.Transport).ShouldBe(["http2", "http2", "tcp"]);
        builder.Resources[1].Endpoint("http").Transport.ShouldBe("http");
    }
}
