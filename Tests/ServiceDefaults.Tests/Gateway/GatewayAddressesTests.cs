using System.Net;
using Stack.ServiceDefaults.Gateway;

namespace ServiceDefaults.Tests.Gateway;

public class GatewayAddressesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void Without_the_variable_only_loopback_is_the_gateway(string? value)
    {
        var gateway = GatewayAddresses.Parse(value);

        gateway.Contains(IPAddress.Parse("127.0.0.1")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("127.8.9.10")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("::1")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("::ffff:127.0.0.1")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("10.0.0.1")).ShouldBeFalse();
    }

    [Fact]
    public void Named_addresses_and_ranges_take_the_place_of_loopback()
    {
        var gateway = GatewayAddresses.Parse("10.1.0.0/16, 192.168.7.7;fd00::/8");

        gateway.Contains(IPAddress.Parse("10.1.255.3")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("::ffff:10.1.0.1")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("192.168.7.7")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("fd12::1")).ShouldBeTrue();
        gateway.Contains(IPAddress.Parse("10.2.0.1")).ShouldBeFalse();
        gateway.Contains(IPAddress.Parse("127.0.0.1")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("10.0.0.0/8/9")]
    [InlineData("10.0.0.0/64")]
    public void Entry_that_can_not_be_used_is_named(string entry)
        => Should.Throw<InvalidOperationException>(() => GatewayAddresses.Parse($"10.0.0.2,{entry}")).Message.ShouldBe(
            $"STACK_PROXIES contains '{entry}', which is neither an IP address nor a range such as 10.0.0.0/8. "
            + "Correct it, or remove STACK_PROXIES to believe only a gateway on this machine.");
}
