using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Gateway;

/// <summary>
/// Believes the gateway and nobody else. As a post-configuration it also wins over ASPNETCORE_FORWARDEDHEADERS_ENABLED,
/// which empties both lists and thereby believes everybody.
/// </summary>
internal sealed class ForwardedHeadersSetup(GatewayAddresses gateway) : IPostConfigureOptions<ForwardedHeadersOptions>
{
    public void PostConfigure(string? name, ForwardedHeadersOptions options)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix;
        options.ForwardLimit = 1;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in gateway.Proxies)
        {
            options.KnownProxies.Add(proxy);
        }

        foreach (var network in gateway.Networks)
        {
            options.KnownIPNetworks.Add(network);
        }
    }
}
