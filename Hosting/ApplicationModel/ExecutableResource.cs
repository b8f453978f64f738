namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program on this machine.</summary>
public class ExecutableResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Creates an executable.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="command">Path of the program, from the working directory; or a name that is looked up on PATH.</param>
    /// <param name="workingDirectory">Absolute path of the folder it runs in.</param>
    public ExecutableResource(string name, string command, string workingDirectory)
        : base(name) => Annotations.Add(new ExecutableAnnotation { Command = command, WorkingDirectory = workingDirectory });

    /// <summary>Path of the program, from the working directory; or a name that is looked up on PATH.</summary>
    public string Command => Last.Command;

    /// <summary>Absolute path of the folder it runs in.</summary>
    public string WorkingDirectory => Last.WorkingDirectory;

    private ExecutableAnnotation Last => Annotations.OfType<ExecutableAnnotation>().Last();
}
