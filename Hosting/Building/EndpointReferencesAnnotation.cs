using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Which endpoints of another resource a resource has been given.</summary>
internal sealed class EndpointReferencesAnnotation(IResourceWithEndpoints source, string? name) : IResourceAnnotation
{
    public IResourceWithEndpoints Source { get; } = source;

    /// <summary>The name that stands for the other resource's own; null: its own.</summary>
    public string? Name { get; } = name;

    public bool UseAllEndpoints { get; set; }

    /// <summary>The endpoints that were given one by one.</summary>
    public List<EndpointReference> Endpoints { get; } = [];

    /// <summary>The endpoints, each once.</summary>
    public IEnumerable<EndpointReference> Chosen()
        => (UseAllEndpoints ? Endpoints.Concat(Source.GetEndpoints()) : Endpoints).DistinctBy(e => e.EndpointName, StringComparer.OrdinalIgnoreCase);
}
