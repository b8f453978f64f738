using System.Net;

namespace Stack.ServiceDefaults.Gateway;

/// <summary>The addresses whose X-Forwarded-* headers are believed: exactly those of <c>STACK_PROXIES</c>, by default loopback.</summary>
internal sealed record GatewayAddresses(IReadOnlyList<IPAddress> Proxies, IReadOnlyList<IPNetwork> Networks)
{
    public const string Variable = "STACK_PROXIES";

    private static readonly GatewayAddresses Loopback = new([IPAddress.IPv6Loopback], [IPNetwork.Parse("127.0.0.0/8")]);

    /// <exception cref="InvalidOperationException">An entry is neither an address nor a range.</exception>
    public static GatewayAddresses Parse(string? value)
    {
        var entries = (value ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return entries.Length == 0
            ? Loopback
            : new([.. entries.Where(entry => !entry.Contains('/')).Select(Address)], [.. entries.Where(entry => entry.Contains('/')).Select(Range)]);
    }

    public bool Contains(IPAddress address)
    {
        var plain = Plain(address);
        return Proxies.Contains(plain) || Networks.Any(network => network.Contains(plain));
    }

    // Kestrel shows an IPv4 client of a dual-stack socket as ::ffff:10.0.0.1.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Address(string entry) => IPAddress.TryParse(entry, out var address) ? Plain(address) : throw Unusable(entry);

    private static IPNetwork Range(string entry) => IPNetwork.TryParse(entry, out var network) ? network : throw Unusable(entry);

    private static InvalidOperationException Unusable(string entry) => new(
        $"{Variable} contains '{entry}', which is neither an IP address nor a range such as 10.0.0.0/8. "
        + $"Correct it, or remove {Variable} to believe only a gateway on this machine.");
}
