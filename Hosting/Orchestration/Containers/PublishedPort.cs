namespace Stack.Hosting.Orchestration.Containers;

/// <summary>A port of this machine that the engine forwards to a container.</summary>
/// <param name="Endpoint">Name of the endpoint.</param>
/// <param name="HostAddress">Address of this machine that it listens on.</param>
/// <param name="HostPort">Port of this machine.</param>
/// <param name="ContainerPort">Port in the container.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
internal sealed record PublishedPort(string Endpoint, string HostAddress, int HostPort, int ContainerPort, string Protocol);
