using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>What the host that a process listens on means for those who reach it on this machine.</summary>
internal static class TargetHost
{
    private const string Localhost = "localhost";

    public static (string Address, EndpointBindingMode Mode) Reach(string host)
    {
        if (host.Length == 0 || string.Equals(host, Localhost, StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return (Localhost, EndpointBindingMode.SingleAddress);
        }

        return IPAddress.TryParse(host, out var address) switch
        {
            false => (Localhost, EndpointBindingMode.DualStackAnyAddresses),
            _ when address!.Equals(IPAddress.Any) => (Localhost, EndpointBindingMode.IPv4AnyAddresses),
            _ when address.Equals(IPAddress.IPv6Any) => (Localhost, EndpointBindingMode.IPv6AnyAddresses),
            _ => (host, EndpointBindingMode.SingleAddress),
        };
    }

    /// <summary>The host as it is written in an address to listen on.</summary>
    public static string Listen(string host) => host switch
    {
        "" => Localhost,
        _ when host[0] != '[' && host.Contains(':', StringComparison.Ordinal) => $"[{host}]",
        _ => host,
    };
}
