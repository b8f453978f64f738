using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container. One that has an <see cref="ExecutableAnnotation"/> runs as that process in run mode.</summary>
/// <param name="name">Name of the resource.</param>
/// <param name="entrypoint">Program in the image; null: the image's own.</param>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Program in the image; null: the image's own.</summary>
    public string? Entrypoint { get; set; } = entrypoint;

    /// <summary>True when the arguments are one command line for the shell that is the entrypoint: it gets <c>-c</c> and all arguments joined by spaces.</summary>
    [Experimental("ASPIRECONTAINERSHELLEXECUTION001")]
    public bool? ShellExecution { get; set; }
}
