using Aspire.Hosting;

namespace Hosting.Tests.Allocation;

public sealed class ProxySupportTests
{
    [Theory]
    [InlineData(true, 20000)]
    [InlineData(false, 6379)]
    public void A_container_without_proxies_has_its_own_port_on_the_machine(bool proxied, int port)
    {
        var builder = Models.Empty();
        var cache = builder.AddContainer("cache", "cache").WithEndpoint(targetPort: 6379, name: "tcp").WithEndpointProxySupport(proxied);

        Plans.Of(builder);

        cache.GetEndpoint("tcp").Port.ShouldBe(port);
    }
}
