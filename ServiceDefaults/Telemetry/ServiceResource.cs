using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Resources;

namespace Stack.ServiceDefaults.Telemetry;

/// <summary>Says which replica of which service the telemetry comes from.</summary>
internal static class ServiceResource
{
    /// <summary>Adds what the <c>OTEL_*</c> variables, which the SDK reads by itself, left open.</summary>
    public static void Complete(ResourceBuilder resource, IConfiguration configuration)
        => resource.AddDetector(services => new MissingAttributes(configuration, services.GetRequiredService<InstanceIdentity>()));

    private sealed class MissingAttributes(IConfiguration configuration, InstanceIdentity identity) : IResourceDetector
    {
        public Resource Detect()
        {
            var given = GivenNames(configuration["OTEL_RESOURCE_ATTRIBUTES"]);
            var attributes = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                // Without an id the N replicas would melt into one.
                ["service.instance.id"] = identity.Name,
                ["service.version"] = identity.Version,
            };
            if (string.IsNullOrWhiteSpace(configuration["OTEL_SERVICE_NAME"]))
            {
                attributes["service.name"] = identity.Service;
            }

            return new Resource(attributes.Where(attribute => !given.Contains(attribute.Key)));
        }

        private static HashSet<string> GivenNames(string? attributes)
            => (attributes ?? "").Split(',').Select(pair => pair.Split('=')[0].Trim()).ToHashSet(StringComparer.Ordinal);
    }
}
