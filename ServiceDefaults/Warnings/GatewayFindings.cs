using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace Stack.ServiceDefaults.Warnings;

/// <summary>
/// What Kestrel and the gateway have to agree on. The gateway's side is what Stack's Nginx has; <c>Stack:Gateway:KeepAliveTimeout</c> and
/// <c>Stack:Gateway:MaxBodySize</c> tell of another one's.
/// </summary>
internal sealed class GatewayFindings(IConfiguration configuration, KestrelServerLimits kestrel)
{
    private const string KeepAliveSetting = "Stack:Gateway:KeepAliveTimeout";
    private const string BodySetting = "Stack:Gateway:MaxBodySize";
    private const string KestrelKeepAlive = "Kestrel:Limits:KeepAliveTimeout";
    private const string KestrelBody = "Kestrel:Limits:MaxRequestBodySize";
    private const long UsualBody = 30 * 1024 * 1024; // client_max_body_size 30m

    private static readonly TimeSpan UsualKeepAlive = TimeSpan.FromSeconds(30);

    public IEnumerable<Finding?> All() => [KeepAlive(), BodySize()];

    private Finding? KeepAlive()
    {
        var gateway = configuration.GetValue(KeepAliveSetting, UsualKeepAlive);
        return kestrel.KeepAliveTimeout <= gateway
            ? new(nameof(KeepAlive), $"{KestrelKeepAlive} ({kestrel.KeepAliveTimeout}) is not longer than the gateway's keepalive_timeout for its upstream ({gateway}): "
                + $"POSTs will meet connections that are being closed. Raise {KestrelKeepAlive}; if the gateway's is another, set {KeepAliveSetting}.")
            : null;
    }

    private Finding? BodySize()
    {
        var gateway = configuration.GetValue(BodySetting, AgreedBody() ?? UsualBody);
        return kestrel.MaxRequestBodySize is not { } size || size > gateway
            ? new(nameof(BodySize), $"{KestrelBody} ({Bytes(kestrel.MaxRequestBodySize)}) is larger than the gateway's client_max_body_size ({Bytes(gateway)}), "
                + $"which answers 413 to what is larger. Set both by WithLimits(body: …) of the gateway; if the gateway's is another, set {BodySetting}.")
            : null;
    }

    // What WithLimits sets for both sides reaches the site as a variable.
    private static long? AgreedBody()
        => long.TryParse(Environment.GetEnvironmentVariable(KestrelBody.Replace(":", "__")), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static string Bytes(long? bytes) => bytes is { } number ? $"{number.ToString("N0", CultureInfo.InvariantCulture)} bytes" : "no limit";
}
