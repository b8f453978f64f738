namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>The pages that explain a figure, for the same span of time.</summary>
internal sealed class OverviewLinks(TimeRange range)
{
    public string Traces(string name) => $"/traces?resource={Uri.EscapeDataString(name)}&{range.Query}";

    public string FailedTraces(string name) => $"/traces?resource={Uri.EscapeDataString(name)}&errors=true&{range.Query}";

    public string Errors(string name) => $"/structuredlogs/resource/{Uri.EscapeDataString(name)}?level=error&{range.Query}";

    public string Logs(string name) => $"/structuredlogs/resource/{Uri.EscapeDataString(name)}?{range.Query}";

    public string Metrics(string name) => $"/metrics/resource/{Uri.EscapeDataString(name)}?{range.Query}";

    public static string Console(string name) => $"/consolelogs/resource/{Uri.EscapeDataString(name)}";
}
