namespace Aspire.Hosting.ApplicationModel;

/// <summary>The networks that the model itself knows.</summary>
public static class KnownNetworkIdentifiers
{
    /// <summary>This machine, as its processes see it. What an endpoint's address means unless something else is said.</summary>
    public static readonly NetworkIdentifier LocalhostNetwork = new("localhost");

    /// <summary>The network of the containers that the AppHost starts.</summary>
    public static readonly NetworkIdentifier DefaultAspireContainerNetwork = new("aspire-container-network");

    /// <summary>Everybody.</summary>
    public static readonly NetworkIdentifier PublicInternet = new(".");
}
