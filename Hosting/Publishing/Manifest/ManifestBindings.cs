using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes the endpoints of a resource.</summary>
internal static class ManifestBindings
{
    // All that readers of the format know.
    private static readonly string[] Transports = ["http", "http2", "tcp"];

    public static void Write(ManifestPublishingContext context, IResource resource)
    {
        var endpoints = resource.ResolveEndpoints(context.Ports);
        if (endpoints.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartObject("bindings");
        foreach (var resolved in endpoints)
        {
            var endpoint = resolved.Endpoint;
            context.Writer.WriteStartObject(endpoint.Name);
            context.Writer.WriteString("scheme", endpoint.UriScheme);
            context.Writer.WriteString("protocol", endpoint.Protocol == ProtocolType.Udp ? "udp" : "tcp");
            context.Writer.WriteString("transport", endpoint.Transport);
            if (resolved.ExposedPort is { Value: { } exposed, IsImplicit: false } && exposed != resolved.TargetPort.Value)
            {
                context.Writer.WriteNumber("port", exposed);
            }

            if (resolved.TargetPort.Value is { } target)
            {
                context.Writer.WriteNumber("targetPort", target);
            }

            if (endpoint.IsExternal)
            {
                context.Writer.WriteBoolean("external", true);
            }

            context.Writer.WriteEndObject();
            if (!Transports.Contains(endpoint.Transport, StringComparer.Ordinal))
            {
                context.Warnings.Add(
                    $"Endpoint '{endpoint.Name}' of resource '{resource.Name}' has the transport '{endpoint.Transport}', which the manifest's format does not know: tools that deploy it may refuse the resource.");
            }
        }

        context.Writer.WriteEndObject();
    }
}
