using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>Tells a project's process where to listen. Its callbacks run before those of the user, who may therefore overwrite what they set.</summary>
internal static class ProjectEnvironment
{
    /// <summary>Run mode: <c>ASPNETCORE_URLS</c>, with the port of the replica that starts.</summary>
    public static void AddUrls(EnvironmentCallbackContext context)
    {
        var endpoints = Injectable(context);
        if (endpoints.Count == 0 || context.EnvironmentVariables.ContainsKey("ASPNETCORE_URLS"))
        {
            return;
        }

        ReferenceExpression? urls = null;
        foreach (var endpoint in endpoints)
        {
            var declared = endpoint.EndpointAnnotation;
            var prefix = $"{declared.UriScheme}://{TargetHost.Listen(declared.TargetHost)}:";
            var port = endpoint.Property(EndpointProperty.TargetPort);
            urls = urls is null ? ReferenceExpression.Create($"{prefix}{port}") : ReferenceExpression.Create($"{urls};{prefix}{port}");
        }

        context.EnvironmentVariables["ASPNETCORE_URLS"] = urls!;
        if (endpoints.Find(e => e.IsHttps) is { } https)
        {
            context.EnvironmentVariables["ASPNETCORE_HTTPS_PORT"] = https.Property(EndpointProperty.Port);
        }
    }

    /// <summary>The project has endpoints in its Kestrel settings: each is overridden there, since those win over <c>ASPNETCORE_URLS</c>.</summary>
    public static void AddKestrelUrls(EnvironmentCallbackContext context)
    {
        foreach (var endpoint in Injectable(context))
        {
            var declared = endpoint.EndpointAnnotation;
            if (declared is { IsImplicit: true } && endpoint.IsHttps)
            {
                continue;
            }

            var host = context.ExecutionContext.IsRunMode ? TargetHost.Listen(declared.TargetHost) : "*";
            var name = declared.KestrelName is { } key && !declared.HasName(key) ? key : declared.Name;
            context.EnvironmentVariables[$"Kestrel__Endpoints__{name}__Url"] =
                ReferenceExpression.Create($"{declared.UriScheme}://{host}:{endpoint.Property(EndpointProperty.TargetPort)}");
        }
    }

    /// <summary>Publish mode: <c>HTTP_PORTS</c> and <c>HTTPS_PORTS</c>.</summary>
    public static void AddPorts(EnvironmentCallbackContext context)
    {
        var endpoints = Injectable(context).FindAll(e => !(e.IsHttps && e.EndpointAnnotation.IsImplicit));
        AddPorts(context, "HTTP_PORTS", endpoints.FindAll(e => e.IsHttp));
        AddPorts(context, "HTTPS_PORTS", endpoints.FindAll(e => e.IsHttps));
    }

    /// <summary>Publish mode: what is published stands behind something that forwards to it.</summary>
    public static void AddForwardedHeaders(EnvironmentCallbackContext context)
    {
        if (context.Resource.HasAnnotationOfType<EndpointAnnotation>() && !context.Resource.HasAnnotationOfType<DisableForwardedHeadersAnnotation>())
        {
            context.EnvironmentVariables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }
    }

    private static void AddPorts(EnvironmentCallbackContext context, string variable, List<EndpointReference> endpoints)
    {
        // Kestrel fails on a port that it is given twice.
        var distinct = endpoints.DistinctBy(e => e.TargetPort is { } port ? $"{port}" : e.EndpointName, StringComparer.OrdinalIgnoreCase);
        ReferenceExpression? ports = null;
        foreach (var port in distinct.Select(e => e.Property(EndpointProperty.TargetPort)))
        {
            ports = ports is null ? ReferenceExpression.Create($"{port}") : ReferenceExpression.Create($"{ports};{port}");
        }

        if (ports is not null)
        {
            context.EnvironmentVariables.TryAdd(variable, ports);
        }
    }

    private static List<EndpointReference> Injectable(EnvironmentCallbackContext context)
        => [.. context.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => EndpointInjection.IsInjectable(context.Resource, e))
            .Select(e => new EndpointReference((IResourceWithEndpoints)context.Resource, e))];
}
