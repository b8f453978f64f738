using Microsoft.Extensions.Configuration;

namespace Stack.Hosting.Allocation;

/// <summary>Where the dashboard listens: Aspire's variables, else the defaults of the product.</summary>
internal static class DashboardAddresses
{
    public static string FrontEnd(IConfiguration configuration)
        => First(configuration, "ASPNETCORE_URLS", "URLS")?.Split(';')[0] ?? "http://localhost:18888";

    public static string OtlpGrpc(IConfiguration configuration)
        => First(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL") ?? "http://localhost:18889";

    public static string OtlpHttp(IConfiguration configuration)
        => First(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL") ?? "http://localhost:18890";

    /// <summary>What senders are told: gRPC, unless only the HTTP address was set.</summary>
    public static (string Endpoint, string Protocol) Otlp(IConfiguration configuration)
        => First(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL") is null
            && First(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL") is { } http
            ? (http, "http/protobuf")
            : (OtlpGrpc(configuration), "grpc");

    private static string? First(IConfiguration configuration, params string[] keys)
        => keys.Select(k => configuration[k]).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
}
