namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource whose image can take files from other resources' images, see <c>PublishWithContainerFiles</c>.</summary>
public interface IContainerFilesDestinationResource : IResource;
