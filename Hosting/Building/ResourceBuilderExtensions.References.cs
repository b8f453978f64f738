using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Hands the addresses of another resource over: <c>services__name__scheme__0</c> and <c>NAME_ENDPOINT</c> for each endpoint. It does not wait for the other resource.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource that gets the addresses.</param>
    /// <param name="source">The other resource.</param>
    /// <example><code>site.WithReference(api);</code></example>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        References.To(builder.Resource, source.Resource, name: null).UseAllEndpoints = true;
        return builder;
    }

    /// <summary>Hands the addresses of another resource over, under another name.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource that gets the addresses.</param>
    /// <param name="source">The other resource.</param>
    /// <param name="name">The name that stands for the other resource's own in the variables, as it is written here.</param>
    /// <example><code>site.WithReference(api, "backend");   // services__backend__http__0, backend_HTTP</code></example>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(name);
        References.To(builder.Resource, source.Resource, name).UseAllEndpoints = true;
        return builder;
    }

    /// <summary>Hands the address of one endpoint over: <c>services__name__scheme__0</c> and <c>NAME_ENDPOINT</c>.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource that gets the address.</param>
    /// <param name="endpointReference">The endpoint.</param>
    /// <example><code>site.WithReference(api.GetEndpoint("admin"));</code></example>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(endpointReference);
        References.To(builder.Resource, endpointReference.Resource, name: null).Endpoints.Add(endpointReference);
        return builder;
    }

    /// <summary>Hands an address over: <c>services__name__default__0</c> and <c>name</c>.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource that gets the address.</param>
    /// <param name="name">Name of the service there.</param>
    /// <param name="uri">The address: absolute, the path ends with a slash, no query, no fragment.</param>
    /// <exception cref="InvalidOperationException">The address breaks one of these rules; the message says which.</exception>
    /// <example><code>site.WithReference("weather", new Uri("https://weather.example.org/"));</code></example>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(uri);
        if (ExternalServiceResource.BrokenRule(uri) is { } rule)
        {
            throw new InvalidOperationException($"Resource '{builder.Resource.Name}' can't refer to '{name}' by the address '{uri.OriginalString}': {rule}.");
        }

        return builder.WithEnvironment(context =>
        {
            var flags = References.Flags(context.Resource);
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
            {
                context.EnvironmentVariables[$"services__{name}__default__0"] = uri.ToString();
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
            {
                context.EnvironmentVariables[VariableNames.Encode(name)] = uri.ToString();
            }
        });
    }

    /// <summary>Hands the address of an external service over: <c>services__name__scheme__0</c> and <c>NAME</c>, or <c>NAME_SCHEME</c> where a parameter gives the address.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource that gets the address.</param>
    /// <param name="externalService">The service.</param>
    /// <example><code>site.WithReference(builder.AddExternalService("weather", "https://weather.example.org/"));</code></example>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<ExternalServiceResource> externalService)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(externalService);
        References.Note(builder.Resource, externalService.Resource);
        return builder.WithEnvironment(context => References.AddExternalServiceAsync(context, externalService.Resource));
    }

    /// <summary>Hands a connection string over: <c>ConnectionStrings__name</c>, and its parts one by one as <c>NAME_HOST</c>, <c>NAME_PORT</c> and so on.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource that gets the connection string.</param>
    /// <param name="source">The resource that has it.</param>
    /// <param name="connectionName">The name in the variables; null: that of the resource.</param>
    /// <param name="optional">True: a connection string without a value is left out; false: the resource does not start then.</param>
    /// <example><code>site.WithReference(builder.AddConnectionString("orders"));   // ConnectionStrings__orders</code></example>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        References.Note(builder.Resource, source.Resource);
        var connection = source.Resource;
        return builder.WithEnvironment(context => References.AddConnectionString(context, connection, connectionName ?? connection.Name, optional));
    }

    /// <summary>Says which variables the resource gets for what it refers to. Without this call: all.</summary>
    /// <typeparam name="TDestination">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="flags">Which.</param>
    /// <example><code>site.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString);</code></example>
    public static IResourceBuilder<TDestination> WithReferenceEnvironment<TDestination>(
        this IResourceBuilder<TDestination> builder, ReferenceEnvironmentInjectionFlags flags)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ReferenceEnvironmentInjectionAnnotation(flags), ResourceAnnotationMutationBehavior.Replace);
    }
}
