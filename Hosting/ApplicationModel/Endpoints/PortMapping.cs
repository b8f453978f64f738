using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Tells resources whose ports a container engine maps from those whose processes listen on this machine themselves.</summary>
internal static class PortMapping
{
    public static bool IsMapped(IResource resource)
        => resource is not ProjectResource && !resource.HasAnnotationOfType<ExecutableAnnotation>() && !resource.HasAnnotationOfType<HostNetworkAnnotation>()
            && !resource.HasAnnotationOfType<UnmappedPortsAnnotation>();
}
