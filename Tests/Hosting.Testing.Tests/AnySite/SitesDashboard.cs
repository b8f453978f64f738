using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace Hosting.Testing.Tests.AnySite;

/// <summary>The dashboard that runs beside the sites: what it has of them, by its telemetry API.</summary>
internal sealed class SitesDashboard : IDisposable
{
    public const string Key = "key-of-the-test";

    private readonly HttpClient _client;

    public SitesDashboard(Uri address)
    {
        _client = new HttpClient { BaseAddress = new Uri(address, "/api/telemetry/") };
        _client.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    /// <summary>The instances of a service that have sent all of logs, traces and metrics.</summary>
    public async Task<IReadOnlyList<string>> InstancesAsync(string service)
        => [.. (await GetAsync("resources")).EnumerateArray()
            .Where(r => Text(r, "name") == service && r.GetProperty("hasLogs").GetBoolean() && r.GetProperty("hasTraces").GetBoolean() && r.GetProperty("hasMetrics").GetBoolean())
            .Select(r => Text(r, "displayName")).Order(StringComparer.Ordinal)];

    /// <summary>The newest spans.</summary>
    public async Task<IReadOnlyList<ShownSpan>> SpansAsync() => Spans(await GetAsync("spans?limit=2000"));

    /// <summary>The newest log records.</summary>
    public async Task<IReadOnlyList<ShownLog>> LogsAsync()
        => [.. from sender in List((await GetAsync("logs?limit=2000")).GetProperty("data"), "resourceLogs")
               from scope in List(sender, "scopeLogs")
               from log in List(scope, "logRecords")
               select new ShownLog(Instance(Attributes(sender.GetProperty("resource"))), Text(scope.GetProperty("scope"), "name"), Attributes(log))];

    /// <summary>The instances of a service that have sent points of a metric.</summary>
    public async Task<IReadOnlyList<string>> MeasuredAsync(string service, string metric)
        => [.. List((await GetAsync($"metrics?resource={service}&name={metric}")).GetProperty("data"), "resourceMetrics")
            .Select(sender => Instance(Attributes(sender.GetProperty("resource")))).Distinct().Order(StringComparer.Ordinal)];

    private static IReadOnlyList<ShownSpan> Spans(JsonElement answer)
        => [.. from sender in List(answer.GetProperty("data"), "resourceSpans")
               let resource = Attributes(sender.GetProperty("resource"))
               from scope in List(sender, "scopeSpans")
               from span in List(scope, "spans")
               select new ShownSpan(resource["service.name"], Instance(resource), Text(span, "name"), Text(span, "traceId"), Text(span, "spanId"), Text(span, "parentSpanId"), Attributes(span))];

    private async Task<JsonElement> GetAsync(string path) => await _client.GetFromJsonAsync<JsonElement>(path, Cancelled).Within();

    // A sender of one instance may leave it out.
    private static string Instance(IReadOnlyDictionary<string, string> resource) => resource.GetValueOrDefault("service.instance.id", "");

    private static JsonElement.ArrayEnumerator List(JsonElement item, string name) => item.TryGetProperty(name, out var list) ? list.EnumerateArray() : default;

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var text) ? text.GetString()! : "";

    private static Dictionary<string, string> Attributes(JsonElement item)
        => List(item, "attributes").ToDictionary(a => Text(a, "key"), a => a.GetProperty("value").EnumerateObject().Select(v => v.Value.ToString()).FirstOrDefault(""));
}

/// <summary>A span as the dashboard tells it; without a parent that is empty.</summary>
internal sealed record ShownSpan(string Service, string Instance, string Name, string Trace, string Id, string Parent, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A log record as the dashboard tells it.</summary>
internal sealed record ShownLog(string Instance, string Category, IReadOnlyDictionary<string, string> Attributes);
