namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that runs the resources of the model after publishing: a Docker host, a cluster, …</summary>
public interface IComputeEnvironmentResource : IResource
{
    /// <summary>The host by which others reach an endpoint in this environment.</summary>
    /// <param name="endpointReference">The endpoint.</param>
    /// <exception cref="NotSupportedException">The environment can't say.</exception>
    ReferenceExpression GetHostAddressExpression(EndpointReference endpointReference)
        => throw new NotSupportedException($"The environment '{Name}' can't say by which host '{endpointReference?.Resource.Name}' is reached.");
}
