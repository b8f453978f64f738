using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stack.ServiceDefaults.Health;

namespace Stack.ServiceDefaults.Gateway;

/// <summary>Mark on a request that came from this machine and through no proxy.</summary>
internal sealed class DirectCaller
{
    public static readonly DirectCaller Mark = new();
}

/// <summary>
/// Looks at the connection before forwarded headers change what the request says about it: marks direct callers of the health
/// endpoints, and warns of forwarded headers that are not believed.
/// </summary>
internal sealed partial class CallerCheck(RequestDelegate next, GatewayAddresses gateway, ILogger<CallerCheck> logger)
{
    private static readonly string[] BelievedHeaders = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix"];
    private static readonly string[] ProxyHeaders = [.. BelievedHeaders, "Forwarded", "X-Real-IP", "Via"];

    private int _warned;

    public Task InvokeAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (_warned == 0 && address is not null && HasAny(context.Request, BelievedHeaders) && !gateway.Contains(address)
            && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            LogNotBelieved(address);
        }

        // No address: a Unix domain socket, which only this machine reaches.
        if (HealthPaths.Contains(context.Request.Path) && (address is null || IPAddress.IsLoopback(address)) && !HasAny(context.Request, ProxyHeaders))
        {
            context.Features.Set(DirectCaller.Mark);
        }

        return next(context);
    }

    private static bool HasAny(HttpRequest request, string[] names)
    {
        foreach (var name in names)
        {
            if (request.Headers.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(9301, LogLevel.Warning, "A request from {Address} carried X-Forwarded-* headers, which are ignored: that address is not the gateway's. "
        + "If it is, add it to STACK_PROXIES. This is said once.")]
    private partial void LogNotBelieved(IPAddress address);
}
