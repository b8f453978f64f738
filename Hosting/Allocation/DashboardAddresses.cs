using System.Net;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Allocation;

/// <summary>Where the dashboard listens: Aspire's variables, else the defaults of the product.</summary>
internal static class DashboardAddresses
{
    private const string HttpVariable = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private static readonly string[] FrontEndKeys = ["ASPNETCORE_URLS", "URLS"];
    private static readonly string[] GrpcKeys = ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];
    private static readonly string[] HttpKeys = [HttpVariable, "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"];

    public static string FrontEnd(IConfiguration configuration) => First(configuration, FrontEndKeys)?.Split(';')[0] ?? "http://localhost:18888";

    public static string OtlpGrpc(IConfiguration configuration) => First(configuration, GrpcKeys) ?? "http://localhost:18889";

    public static string OtlpHttp(IConfiguration configuration) => First(configuration, HttpKeys) ?? "http://localhost:18890";

    /// <summary>What senders are told: gRPC, unless only the HTTP address was set, or the sender needs HTTP.</summary>
    /// <exception cref="InvalidOperationException">The sender needs HTTP, and its address is not set.</exception>
    public static (string Endpoint, string Protocol) Otlp(IConfiguration configuration, OtlpProtocol? required) => required switch
    {
        OtlpProtocol.Grpc => (OtlpGrpc(configuration), "grpc"),
        OtlpProtocol.HttpProtobuf => (RequiredHttp(configuration), "http/protobuf"),
        OtlpProtocol.HttpJson => (RequiredHttp(configuration), "http/json"),
        null when First(configuration, GrpcKeys) is null && First(configuration, HttpKeys) is { } http => (http, "http/protobuf"),
        null => (OtlpGrpc(configuration), "grpc"),
        _ => throw new InvalidOperationException($"The OTLP protocol '{required}' is not known. Use Grpc, HttpProtobuf or HttpJson."),
    };

    /// <summary>Ports were chosen in place of those that are set, as tests have it: senders are told of them.</summary>
    public static void Move(IConfiguration configuration, string grpc, string http)
    {
        if (First(configuration, GrpcKeys) is not null || First(configuration, HttpKeys) is null)
        {
            configuration[GrpcKeys[0]] = grpc;
        }

        configuration[HttpVariable] = http;
    }

    /// <summary>Plain http is for this machine only, unless it is allowed.</summary>
    /// <exception cref="DistributedApplicationException">It is used elsewhere; names every such address and its variable.</exception>
    public static void EnsureSecured(IConfiguration configuration, bool allowUnsecured)
    {
        if (allowUnsecured || Truth(configuration, "ASPIRE_ALLOW_UNSECURED_TRANSPORT", "DOTNET_ASPIRE_ALLOW_UNSECURED_TRANSPORT"))
        {
            return;
        }

        var open = new[] { FrontEndKeys, GrpcKeys, HttpKeys }
            .SelectMany(keys => keys.Where(k => !string.IsNullOrWhiteSpace(configuration[k])).Take(1))
            .SelectMany(key => configuration[key]!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => (Key: key, Url: url)))
            .Where(a => IsOpen(a.Url)).ToList();
        if (open.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, open.Select(a =>
                $"The dashboard's address '{a.Url}' (variable {a.Key}) would send passwords and telemetry over the network in the clear. Use https or a loopback address, or allow it with ASPIRE_ALLOW_UNSECURED_TRANSPORT=true.")));
        }
    }

    /// <summary>True when the first of the keys that is set says so.</summary>
    public static bool Truth(IConfiguration configuration, params string[] keys) => First(configuration, keys) is { } text && (text == "1" || (bool.TryParse(text, out var truth) && truth));

    private static string RequiredHttp(IConfiguration configuration) => First(configuration, HttpKeys)
        ?? throw new InvalidOperationException($"Telemetry is to be sent by HTTP, and the dashboard's address for that is not set. Set {HttpVariable}, for example to http://localhost:18890.");

    private static bool IsOpen(string url)
    {
        var address = BindingUrl.Parse(url);
        var host = address.Host.Trim('[', ']');
        var isLoopback = string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
        return address.Scheme == "http" && !isLoopback;
    }

    private static string? First(IConfiguration configuration, string[] keys)
        => keys.Select(k => configuration[k]).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
}
