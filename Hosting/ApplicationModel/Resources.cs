namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that is built and run.</summary>
/// <param name="name">Name of the resource.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource, IContainerFilesDestinationResource;

/// <summary>A program on this machine.</summary>
public class ExecutableResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Creates an executable.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="command">Path of the program, or a name that is looked up on PATH.</param>
    /// <param name="workingDirectory">Absolute path of the folder it runs in.</param>
    public ExecutableResource(string name, string command, string workingDirectory)
        : base(name) => Annotations.Add(new ExecutableAnnotation { Command = command, WorkingDirectory = workingDirectory });

    /// <summary>Path of the program, or a name that is looked up on PATH.</summary>
    public string Command => Last.Command;

    /// <summary>Absolute path of the folder it runs in.</summary>
    public string WorkingDirectory => Last.WorkingDirectory;

    private ExecutableAnnotation Last => Annotations.OfType<ExecutableAnnotation>().Last();
}

/// <summary>A container. One that has an <see cref="ExecutableAnnotation"/> runs as that process in run mode.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="entrypoint">Program in the image; null: the image's own.</param>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Program in the image; null: the image's own.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}
