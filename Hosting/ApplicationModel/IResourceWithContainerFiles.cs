using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A resource whose image has files that other images can take.</summary>
public interface IResourceWithContainerFiles : IResource;
