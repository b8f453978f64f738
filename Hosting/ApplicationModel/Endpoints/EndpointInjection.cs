using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Says which endpoints a process is told about, so that it listens where the plan says.</summary>
internal static class EndpointInjection
{
    /// <summary>True for an endpoint that a project is told of by <c>ASPNETCORE_URLS</c> or its Kestrel settings.</summary>
    public static bool IsInjectable(IResource resource, EndpointAnnotation endpoint)
        => resource is ProjectResource && endpoint.IsInjected && endpoint.IsHttpLike
            && resource.Annotations.OfType<EndpointsInEnvironmentAnnotation>().All(a => a.Filter(endpoint));

    /// <summary>True when the process learns the port; otherwise it can only listen where it has been made to.</summary>
    public static bool IsTold(IResource resource, EndpointAnnotation endpoint) => !endpoint.IsInjected || IsInjectable(resource, endpoint);
}
