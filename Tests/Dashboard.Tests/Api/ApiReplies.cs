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

    public static List<string> Bodies(JsonElement data) =>
    [
        .. data.GetProperty("resourceLogs").EnumerateArray()
            .SelectMany(resource => resource.GetProperty("scopeLogs").EnumerateArray())
            .SelectMany(scope => scope.GetProperty("logRecords").EnumerateArray())
            .Select(record => record.GetProperty("body").GetProperty("stringValue").GetString()!),
    ];
}
