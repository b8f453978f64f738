using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Chooses which of a project's endpoints its environment tells it to listen on; an endpoint has to pass all of them.</summary>
/// <param name="Filter">True for an endpoint that stays.</param>
internal sealed record EndpointsInEnvironmentAnnotation(Func<EndpointAnnotation, bool> Filter) : IResourceAnnotation;
