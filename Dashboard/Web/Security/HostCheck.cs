using System.Net;
using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Web.Security;

/// <summary>
/// Refuses requests whose Host header is not a name of the dashboard. A web page of an attacker can let its own host name point to 127.0.0.1
/// (DNS rebinding) and would then read these pages as its own. It needs a name for that: addresses are always accepted.
/// </summary>
internal sealed class HostCheck
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };

    public HostCheck(FrontendOptions options)
    {
        foreach (var listener in options.EndpointUrls)
        {
            if (listener.Host is "*" or "+" or "0.0.0.0" or "[::]")
            {
                _names.Add(Environment.MachineName);
            }
            else
            {
                _names.Add(listener.Host);
            }
        }

        if (options.PublicUrl is { } publicUrl)
        {
            _names.Add(publicUrl.Host);
        }
    }

    /// <summary>True when a browser that asked for this host may have the answer.</summary>
    public bool Allows(HostString host) =>
        host.HasValue &&
        (_names.Contains(host.Host)
            || host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Host.Trim('[', ']'), out _));

    /// <summary>The answer to others.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            $"The dashboard does not answer for the host '{context.Request.Host.Host}'. " +
            "Open it by its own address, or set Dashboard:Frontend:PublicUrl to the address you use.\n", context.RequestAborted);
    }
}
