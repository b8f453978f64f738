using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Stack.Hosting.Building;

/// <summary>A command that sends a request to a resource or one of its replicas.</summary>
internal sealed class HttpCommand(IResourceWithEndpoints resource, Func<EndpointReference> selector, string path, HttpCommandOptions options)
{
    private HttpMethod Method => options.Method ?? HttpMethod.Post;

    /// <exception cref="DistributedApplicationException">A named endpoint that is declared already does not speak http.</exception>
    public static Func<EndpointReference> Selector(IResourceWithEndpoints resource, string? name)
    {
        EndpointReference Named() => Checked(resource, resource.GetEndpoint(name!));
        if (name is null)
        {
            return () => resource.GetEndpoints().FirstOrDefault(e => e.IsHttp || e.IsHttps)
                ?? throw new DistributedApplicationException($"The HTTP command of resource '{resource.Name}' needs an endpoint that speaks http, and it has none. Declare one with WithHttpEndpoint.");
        }

        if (resource.GetEndpoint(name).Exists)
        {
            Named();
        }

        return Named;
    }

    /// <summary>As Aspire has it; the default one of several endpoints counts as it is when the command is added.</summary>
    public string DefaultName()
    {
        var endpoint = resource.GetEndpoints().Any() ? selector().EndpointName : "http";
        return $"{resource.Name}-{endpoint}-http-{Method.Method.ToLowerInvariant()}-{path}";
    }

    public static ResourceCommandState StateOf(UpdateCommandStateContext context)
        => context.ResourceSnapshot.State?.Text is { } state && (state == KnownResourceStates.Running || state == KnownResourceStates.RuntimeUnhealthy)
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled;

    public async Task<ExecuteCommandResult> ExecuteAsync(ExecuteCommandContext context)
    {
        var endpoint = Checked(resource, selector());
        var token = context.CancellationToken;
        var clients = context.ServiceProvider.GetRequiredService<IHttpClientFactory>();
        using var client = clients.CreateClient(options.HttpClientName ?? "");
        using var request = new HttpRequestMessage(Method, new Uri(new Uri(Address(endpoint, context.ResourceName)), path));
        if (options.PrepareRequest is { } prepare)
        {
            await prepare(new HttpCommandRequestContext
            {
                ServiceProvider = context.ServiceProvider,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = token,
                HttpClient = client,
                Request = request,
            }).ConfigureAwait(false);
        }

        using var response = await client.SendAsync(request, token).ConfigureAwait(false);
        if (options.GetCommandResult is { } judge)
        {
            return await judge(new HttpCommandResultContext
            {
                ServiceProvider = context.ServiceProvider,
                ResourceName = context.ResourceName,
                Endpoint = endpoint,
                CancellationToken = token,
                HttpClient = client,
                Response = response,
            }).ConfigureAwait(false);
        }

        return response.IsSuccessStatusCode
            ? CommandResults.Success()
            : CommandResults.Failure($"{Method} {request.RequestUri} answered {(int)response.StatusCode}.");
    }

    // A replica is asked itself; the endpoint's own address may be the gateway's, or that of the first replica.
    private string Address(EndpointReference endpoint, string name)
    {
        var index = resource.GetReplicaNames().ToList().FindIndex(r => string.Equals(r, name, StringComparison.OrdinalIgnoreCase));
        var replicas = endpoint.EndpointAnnotation.ReplicaEndpoints;
        return index >= 0 && index < replicas.Count && ReferenceEquals(endpoint.Resource, resource) ? replicas[index].UriString : endpoint.Url;
    }

    private static EndpointReference Checked(IResource resource, EndpointReference endpoint)
    {
        if (!endpoint.Exists)
        {
            throw new DistributedApplicationException($"The HTTP command of resource '{resource.Name}' needs endpoint '{endpoint.EndpointName}', and '{endpoint.Resource.Name}' has none of that name. Declare it, or name another.");
        }

        return endpoint.IsHttp || endpoint.IsHttps
            ? endpoint
            : throw new DistributedApplicationException($"The HTTP command of resource '{resource.Name}' can't use endpoint '{endpoint.EndpointName}': its scheme is '{endpoint.Scheme}'. Name one that speaks http.");
    }
}
