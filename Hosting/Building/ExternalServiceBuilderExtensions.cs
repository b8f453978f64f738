using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds services that run elsewhere.</summary>
public static partial class ExternalServiceBuilderExtensions
{
    /// <summary>Adds a service that runs elsewhere.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="url">Its address: absolute, the path ends with a slash, no query, no fragment.</param>
    /// <exception cref="ArgumentException">The address breaks one of these rules; the message says which.</exception>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var weather = builder.AddExternalService("weather", "https://weather.example.org/");</code></example>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, [ResourceName] string name, string url)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(url);
        return ExternalServiceResource.BrokenRule(url, out var uri) is { } rule
            ? throw new ArgumentException($"The address '{url}' of external service '{name}' is invalid: {rule}.", nameof(url))
            : builder.AddExternalService(name, uri!);
    }

    /// <summary>Adds a service that runs elsewhere.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="uri">Its address: absolute, the path ends with a slash, no query, no fragment.</param>
    /// <exception cref="ArgumentException">The address breaks one of these rules; the message says which.</exception>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var weather = builder.AddExternalService("weather", new Uri("https://weather.example.org/"));</code></example>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(this IDistributedApplicationBuilder builder, [ResourceName] string name, Uri uri)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return builder.AddResource(new ExternalServiceResource(name, uri));
    }

    /// <summary>Adds a service that runs elsewhere and whose address is a parameter.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="urlParameter">The parameter; the address is checked when it is used.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>var weather = builder.AddExternalService("weather", builder.AddParameter("weather-url"));</code></example>
    public static IResourceBuilder<ExternalServiceResource> AddExternalService(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource> urlParameter)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(urlParameter);
        var resource = new ExternalServiceResource(name, urlParameter.Resource);
        References.Note(resource, urlParameter.Resource);
        return builder.AddResource(resource);
    }
}
