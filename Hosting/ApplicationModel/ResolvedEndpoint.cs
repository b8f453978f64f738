namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint with the ports that it has in what is published.</summary>
public sealed class ResolvedEndpoint
{
    /// <summary>The endpoint.</summary>
    public required EndpointAnnotation Endpoint { get; init; }

    /// <summary>The port that the process listens on.</summary>
    public ResolvedPort TargetPort { get; init; }

    /// <summary>The port that others use.</summary>
    public ResolvedPort ExposedPort { get; init; }
}
