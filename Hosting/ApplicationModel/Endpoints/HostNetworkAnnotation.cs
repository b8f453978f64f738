using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>The container shares the machine's network, or runs as a process: its endpoints are served on the port that the plan gives them, without a port mapping.</summary>
public sealed class HostNetworkAnnotation : IResourceAnnotation;
