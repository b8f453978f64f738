using System.Text.Json;

namespace Stack.Dashboard.Tests.Api;

/// <summary>Takes replies of the telemetry API apart.</summary>
internal static class ApiReplies
{
    /// <summary>So many bodies from a stream of lines.</summary>
    public static async Task<List<string>> ReadAsync(StreamReader lines, int count, CancellationToken ct)
    {
        var bodies = new List<string>();
        while (bodies.Count < count)
        {
            using var line = JsonDocument.Parse((await lines.ReadLineAsync(ct))!);
            bodies.AddRange(Bodies(line.RootElement));
        }

        return bodies;
    }

    /// <summary>So many names of spans from a stream of lines.</summary>
    public static async Task<List<string>> ReadSpansAsync(StreamReader lines, int count, CancellationToken ct)
    {
        var names = new List<string>();
        while (names.Count < count)
        {
            using var line = JsonDocument.Parse((await lines.ReadLineAsync(ct))!);
            names.AddRange(SpanNames(line.RootElement));
        }

        return names;
    }

    public static List<string> SpanNames(JsonElement data) =>
    [
        .. data.GetProperty("resourceSpans").EnumerateArray()
            .SelectMany(resource => resource.GetProperty("scopeSpans").EnumerateArray())
            .SelectMany(scope => scope.GetProperty("spans").EnumerateArray())
            .Select(span => span.GetProperty("name").GetString()!),
    ];

    public static List<string> Bodies(JsonElement data) =>
    [
        .. data.GetProperty("resourceLogs").EnumerateArray()
            .SelectMany(resource => resource.GetProperty("scopeLogs").EnumerateArray())
            .SelectMany(scope => scope.GetProperty("logRecords").EnumerateArray())
            .Select(record => record.GetProperty("body").GetProperty("stringValue").GetString()!),
    ];
}
