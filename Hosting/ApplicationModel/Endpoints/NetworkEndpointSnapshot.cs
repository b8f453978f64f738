namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of an endpoint on one network.</summary>
/// <param name="Snapshot">The address, once it is known.</param>
/// <param name="NetworkID">The network.</param>
public record NetworkEndpointSnapshot(ValueSnapshot<AllocatedEndpoint> Snapshot, NetworkIdentifier NetworkID);
