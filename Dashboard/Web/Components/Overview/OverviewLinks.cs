namespace Stack.Dashboard.Web.Components.Overview;

/// <summary>The pages that explain a figure, for the same span of time.</summary>
internal sealed class OverviewLinks(TimeRange range)
{
    public string Traces(string name) => $"/traces?resource={Uri.EscapeDataString(name)}&{range.Query}";

    public string FailedTraces(string name) => $"/traces?resource={Uri.EscapeDataString(name)}&errors=true&{range.Query}";

    public string Errors(string name) => $"/structuredlogs/resource/{Uri.EscapeDataString(name)}?level=error&{range.Query}";

    public string Logs(string name) => $"/structuredlogs/resource/{Uri.EscapeDataString(name)}?{range.Query}";

    /// <summary>The requests of an instance, over time.</summary>
    public string Requests(string name) => Instrument(name, "Microsoft.AspNetCore.Hosting", "http.server.request.duration");

    /// <summary>Who measured it shows it: the AppHost, or the process itself.</summary>
    public string Cpu(string name, bool byAppHost) => byAppHost ? OfReplica(name, "stack.replica.cpu") : Instrument(name, "System.Runtime", "dotnet.process.cpu.time");

    public string Memory(string name, bool byAppHost) => byAppHost ? OfReplica(name, "stack.replica.memory") : Instrument(name, "System.Runtime", "dotnet.process.memory.working_set");

    /// <summary>The connections of a gateway's clients, by state.</summary>
    public string Connections(string name) => Instrument(name, "Stack.Nginx", "nginx.connections_current");

    private string OfReplica(string name, string instrument) => $"{Instrument("apphost", "Stack.Hosting", instrument)}&dim={Uri.EscapeDataString($"stack.replica={name}")}";

    private string Instrument(string name, string meter, string instrument) => $"/metrics/resource/{Uri.EscapeDataString(name)}/meter/{meter}/instrument/{instrument}?{range.Query}";

    public static string Console(string name) => $"/consolelogs/resource/{Uri.EscapeDataString(name)}";
}
