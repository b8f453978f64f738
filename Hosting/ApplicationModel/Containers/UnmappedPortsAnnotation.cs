using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>The container was given this machine's network by its arguments for the engine: it is reached on the ports that its image listens on.</summary>
internal sealed class UnmappedPortsAnnotation : IResourceAnnotation;
