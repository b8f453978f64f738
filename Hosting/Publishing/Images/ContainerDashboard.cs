using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Images;

/// <summary>The dashboard where it has a container for itself: it listens on all addresses, since others reach it from their containers.</summary>
internal static class ContainerDashboard
{
    /// <summary>The address that its pages are asked for; others are refused.</summary>
    public const string PublicUrl = "DASHBOARD__FRONTEND__PUBLICURL";

    public static string Folder(PublishPlan plan) => $"/var/lib/stack/{plan.AppName}/telemetry";

    public static IReadOnlyDictionary<string, PublishedValue> Environment(PublishPlan plan, PublishedDashboard dashboard) => new SortedDictionary<string, PublishedValue>(StringComparer.Ordinal)
    {
        ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = new("true"),
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = new($"http://+:{PublishedDashboard.OtlpGrpcPort}"),
        ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = new($"http://+:{PublishedDashboard.OtlpHttpPort}"),
        ["ASPNETCORE_ENVIRONMENT"] = new("Production"),
        ["ASPNETCORE_URLS"] = new($"http://+:{PublishedDashboard.Port}"),
        ["DASHBOARD__API__AUTHMODE"] = new("ApiKey"),
        ["DASHBOARD__API__PRIMARYAPIKEY"] = new([new ValuePart("", dashboard.ApiKey)]),
        ["DASHBOARD__APPLICATIONNAME"] = new(plan.AppName),
        ["DASHBOARD__FRONTEND__AUTHMODE"] = new("BrowserToken"),
        ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = new([new ValuePart("", dashboard.BrowserToken)]),
        [PublicUrl] = new($"http://localhost:{PublishedDashboard.Port}"),
        ["DASHBOARD__OTLP__AUTHMODE"] = new("ApiKey"),
        ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = new([new ValuePart("", dashboard.OtlpKey)]),
        ["DASHBOARD__STORAGE__DIRECTORY"] = new(Folder(plan)),
        ["MALLOC_ARENA_MAX"] = new("1"),
    };
}
