using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>What a reference to another resource adds to a resource: the relationship that is shown, and variables.</summary>
internal static class References
{
    /// <summary>Notes each resource that a value refers to, once.</summary>
    public static void Note(IResource resource, object value)
    {
        foreach (var other in ValueReferences.Resources(value).Where(r => !ReferenceEquals(r, resource)))
        {
            if (!resource.Annotations.OfType<ResourceRelationshipAnnotation>().Any(a => ReferenceEquals(a.Resource, other) && a.Type == KnownRelationshipTypes.Reference))
            {
                resource.Annotations.Add(new ResourceRelationshipAnnotation(other, KnownRelationshipTypes.Reference));
            }
        }
    }

    /// <summary>The resource's reference to another one under a name, made when it is the first: several calls add up to one.</summary>
    public static EndpointReferencesAnnotation To(IResource resource, IResourceWithEndpoints source, string? name)
    {
        Note(resource, source);
        var known = resource.Annotations.OfType<EndpointReferencesAnnotation>().FirstOrDefault(a => ReferenceEquals(a.Source, source) && a.Name == name);
        if (known is null)
        {
            known = new EndpointReferencesAnnotation(source, name);
            resource.Annotations.Add(known);
            resource.Annotations.Add(new EnvironmentCallbackAnnotation((EnvironmentCallbackContext context) => AddEndpoints(context, known)));
        }

        return known;
    }

    public static ReferenceEnvironmentInjectionFlags Flags(IResource resource)
        => resource.TryGetLastAnnotation<ReferenceEnvironmentInjectionAnnotation>(out var annotation) ? annotation.Flags : ReferenceEnvironmentInjectionFlags.All;

    /// <summary>A resource's own connection properties and those that were added.</summary>
    public static IEnumerable<KeyValuePair<string, ReferenceExpression>> ConnectionProperties(IResourceWithConnectionString resource)
        => resource.CombineProperties(resource.Annotations.OfType<ConnectionPropertyAnnotation>().Select(a => KeyValuePair.Create(a.Name, a.Value)));

    public static void AddConnectionString(EnvironmentCallbackContext context, IResourceWithConnectionString source, string name, bool optional)
    {
        var flags = Flags(context.Resource);
        if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionString))
        {
            context.EnvironmentVariables[source.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] = new ConnectionStringReference(source, optional);
        }

        if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionProperties))
        {
            foreach (var (property, value) in ConnectionProperties(source))
            {
                context.EnvironmentVariables[VariableNames.EncodeUpper($"{name}_{property}")] = value;
            }
        }
    }

    public static async Task AddExternalServiceAsync(EnvironmentCallbackContext context, ExternalServiceResource service)
    {
        var known = service.Uri ?? (context.ExecutionContext.IsRunMode ? await service.GetUriAsync(context.CancellationToken).ConfigureAwait(false) : null);
        var flags = Flags(context.Resource);
        var url = new ExternalServiceUrl(service);
        if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
        {
            // When publishing, a parameter's value can't be read to learn the scheme.
            context.EnvironmentVariables[$"services__{service.Name}__{known?.Scheme ?? "default"}__0"] = url;
        }

        if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
        {
            var name = service.UrlParameter is not null && known is not null ? $"{service.Name}_{known.Scheme}" : service.Name;
            context.EnvironmentVariables[VariableNames.EncodeUpper(name)] = url;
        }
    }

    private static void AddEndpoints(EnvironmentCallbackContext context, EndpointReferencesAnnotation reference)
    {
        var flags = Flags(context.Resource);
        var service = reference.Name ?? reference.Source.Name;
        var prefix = reference.Name is null ? VariableNames.EncodeUpper(service) : VariableNames.Encode(service);
        foreach (var endpoint in reference.Chosen())
        {
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
            {
                var index = 0;
                while (!context.EnvironmentVariables.TryAdd($"services__{service}__{endpoint.Scheme}__{index}", endpoint))
                {
                    index++;
                }
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
            {
                context.EnvironmentVariables[$"{prefix}_{VariableNames.EncodePart(endpoint.EndpointName).ToUpperInvariant()}"] = endpoint;
            }
        }
    }
}
