namespace Stack.ServiceDefaults.Http;

/// <summary>Sends a request that names a service to one of its addresses, and to the next one where nobody listens: nothing was sent then, so that a POST may go on too.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceDirectory directory) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } asked)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        try
        {
            if (directory.Find(asked) is { } addresses)
            {
                return await SendAsync(request, asked, addresses, cancellationToken);
            }

            if (ServiceDirectory.Schemes(asked) is [var first, _, ..])
            {
                request.RequestUri = new($"{first}{asked.OriginalString[asked.Scheme.Length..]}");
            }

            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = asked; // a further try looks the service up anew
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri asked, ServiceAddresses addresses, CancellationToken cancellationToken)
    {
        HttpRequestException? refused = null;
        foreach (var address in addresses.InTurn())
        {
            request.RequestUri = ServiceAddresses.At(address, asked);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError)
            {
                refused = failure;
            }
        }

        throw refused!;
    }
}
