using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Stack.Dashboard.Web.Security;

/// <summary>Believes what named proxies say about the client: its address counts for the login's limit and the audit, its scheme for the cookie. Nobody else is believed.</summary>
internal static class TrustedProxies
{
    /// <param name="app">Where to.</param>
    /// <param name="proxies">Addresses and networks, checked when the settings were read.</param>
    public static void UseTrustedProxies(this WebApplication app, IReadOnlyList<string> proxies)
    {
        if (proxies.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // As many as there are in a row that are named here.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        app.UseForwardedHeaders(options);
    }
}
