namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a callback gets that says which files are written into a container.</summary>
public sealed class ContainerFileSystemCallbackContext
{
    /// <summary>The application's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The container.</summary>
    public required IResource Model { get; init; }
}
