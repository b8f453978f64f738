namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file that is written into a container before it starts.</summary>
public sealed class ContainerFile : ContainerFileBase;
