using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Stack.Hosting.Allocation;

namespace Stack.Hosting.Building;

/// <summary>Reads the endpoints that a project declares for Kestrel in its settings.</summary>
internal static class KestrelEndpoints
{
    /// <summary>Declares them on the resource.</summary>
    /// <returns>False: there are none.</returns>
    /// <exception cref="DistributedApplicationException">A settings file or an address in it can't be read.</exception>
    public static bool Add(IResourceBuilder<ProjectResource> project, IProjectMetadata metadata, string folder)
    {
        var configuration = metadata.Configuration ?? Read(project, folder);
        var defaults = configuration["Kestrel:EndpointDefaults:Protocols"];
        var found = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Where(section => !string.IsNullOrWhiteSpace(section["Url"]))
            .Select(section => new Found(section.Key, BindingUrl.Parse(section["Url"]!), section["Protocols"] ?? defaults))
            .ToList();
        foreach (var scheme in found.GroupBy(f => f.Address.Scheme))
        {
            foreach (var endpoint in scheme)
            {
                project.WithEndpoint(scheme.Count() > 1 ? endpoint.Key : scheme.Key, e => Configure(e, endpoint, project.ApplicationBuilder.ExecutionContext.IsRunMode));
            }
        }

        return found.Count > 0;
    }

    private static void Configure(EndpointAnnotation endpoint, Found found, bool runs)
    {
        endpoint.UriScheme = found.Address.Scheme;
        endpoint.KestrelName = found.Key;
        if (runs)
        {
            endpoint.TargetHost = found.Address.Host;
            endpoint.Port = found.Address.Port;
            endpoint.FromSettings = true;
        }
        else
        {
            endpoint.TargetPort = found.Address.Port;
        }

        if (string.Equals(found.Protocols, "Http2", StringComparison.OrdinalIgnoreCase))
        {
            endpoint.Transport = "http2";
        }
    }

    private static IConfigurationRoot Read(IResourceBuilder<ProjectResource> project, string folder)
    {
        var appHost = project.ApplicationBuilder.Configuration;
        var environment = appHost["ASPNETCORE_ENVIRONMENT"] ?? appHost["DOTNET_ENVIRONMENT"];
        var own = Path.GetFileName(folder);
        var configuration = new ConfigurationBuilder();
        foreach (var name in new[] { "appsettings", $"appsettings.{environment}", $"{own}.settings", $"{own}.settings.{environment}" })
        {
            configuration.AddJsonFile(Path.Combine(folder, $"{name}.json"), optional: true, reloadOnChange: false);
        }

        try
        {
            return configuration.Build();
        }
        catch (InvalidDataException e)
        {
            throw new DistributedApplicationException($"Resource '{project.Resource.Name}': the settings of its project can't be read: {e.Message} Correct the file.", e);
        }
    }

    private sealed record Found(string Key, BindingUrl Address, string? Protocols);
}
