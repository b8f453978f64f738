using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

/// <summary>Adds services that run elsewhere.</summary>
public static class ExternalServiceBuilderExtensions
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
        return Add(builder, new ExternalServiceResource(name, uri));
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
        return Add(builder, resource);
    }

    /// <summary>Checks the service's health by HTTP.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="path">Path of the check, from the address on; default <c>/</c>.</param>
    /// <param name="statusCode">The status that means healthy; default 200.</param>
    /// <exception cref="ArgumentException">The path is no relative address.</exception>
    /// <exception cref="DistributedApplicationException">The service has the same check already.</exception>
    /// <example><code>weather.WithHttpHealthCheck("/status");</code></example>
    public static IResourceBuilder<ExternalServiceResource> WithHttpHealthCheck(
        this IResourceBuilder<ExternalServiceResource> builder, string? path = null, int? statusCode = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var relative = path ?? "/";
        if (!Uri.TryCreate(relative, UriKind.Relative, out _))
        {
            throw new ArgumentException($"The path '{relative}' of the health check of external service '{builder.Resource.Name}' is no relative address. Write it like /health.", nameof(path));
        }

        var status = statusCode ?? 200;
        var service = builder.Resource;
        var key = $"{service.Name}_external_{relative}_{status}_check";
        builder.WithHealthCheck(key);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, provider => new ExternalServiceHealthCheck(service, relative, status, provider.GetRequiredService<IHttpClientFactory>()), null, null, ExternalServiceHealthCheck.Limit));
        return builder;
    }

    private static IResourceBuilder<ExternalServiceResource> Add(IDistributedApplicationBuilder builder, ExternalServiceResource resource)
        => builder.AddResource(resource).WithInitialState(ValueSnapshots.First(KnownResourceTypes.ExternalService, resource.Uri?.ToString() ?? resource.UrlParameter?.Name)).ExcludeFromManifest();
}
