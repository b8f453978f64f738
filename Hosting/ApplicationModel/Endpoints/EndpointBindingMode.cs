namespace Aspire.Hosting.ApplicationModel;

/// <summary>On which addresses of the machine an endpoint is listened on.</summary>
public enum EndpointBindingMode
{
    /// <summary>On one address.</summary>
    SingleAddress,

    /// <summary>On all addresses, IPv4 and IPv6.</summary>
    DualStackAnyAddresses,

    /// <summary>On all IPv4 addresses.</summary>
    IPv4AnyAddresses,

    /// <summary>On all IPv6 addresses.</summary>
    IPv6AnyAddresses,
}
