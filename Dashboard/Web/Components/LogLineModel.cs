using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>
/// One log record, ready to be shown: the page's markup and the live stream's JSON are both made of it, so that a line looks the same
/// whether it was there at first or came later.
/// </summary>
public sealed record LogLineModel
{
    /// <summary>Cursor; a string, because scripts lose the last digits of such a number.</summary>
    public required string Id { get; init; }

    public required string Time { get; init; }

    public required string FullTime { get; init; }

    public required string Iso { get; init; }

    /// <summary>trace, debug, information, warning, error, critical.</summary>
    public required string Level { get; init; }

    public required string LevelText { get; init; }

    public required string Replica { get; init; }

    public required int Hue { get; init; }

    public required string Message { get; init; }

    public string? TraceId { get; init; }

    /// <summary>Everything else there is to know, in the order to show it in.</summary>
    public required IReadOnlyList<LogField> Fields { get; init; }

    /// <summary>Stack trace of the exception.</summary>
    public string? StackTrace { get; init; }

    internal static LogLineModel From(LogRow row, Viewer viewer)
    {
        var attributes = Attributes(row.AttributesJson);
        var stack = attributes.FirstOrDefault(a => a.Name is "exception.stacktrace");
        List<LogField> fields =
        [
            new("Time", viewer.Full(row.Time)),
            new("Service", row.Service),
        ];
        AddIf("Instance", row.InstanceId);
        AddIf("Category", row.Scope.Length > 0 ? row.Scope : null);
        AddIf("Template", row.Template is { } template && template != row.Body ? template : null);
        AddIf("Span", row.SpanId);
        fields.AddRange(attributes.Where(a => a != stack));
        var level = Tone.OfSeverity(row.Severity);
        return new LogLineModel
        {
            Id = row.Id.ToString(),
            Time = viewer.PreciseClock(row.Time),
            FullTime = viewer.Full(row.Time),
            Iso = row.Time.UtcDateTime.ToString("O"),
            Level = level,
            LevelText = Capital(level),
            Replica = row.DisplayName,
            Hue = Tone.Hue(row.DisplayName),
            Message = row.Body,
            TraceId = row.TraceId,
            Fields = fields,
            StackTrace = stack?.Value,
        };

        void AddIf(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                fields.Add(new LogField(name, value));
            }
        }
    }

    private static List<LogField> Attributes(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateObject().Select(p => new LogField(p.Name, Text(p.Value)) { IsAttribute = true })];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return json.Length > 0 ? [new LogField("attributes", json) { IsAttribute = true }] : [];
        }
    }

    private static string Text(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}

/// <summary>One fact about a record.</summary>
public sealed record LogField(string Name, string Value)
{
    /// <summary>True for what the sender added; false for what every record has.</summary>
    public bool IsAttribute { get; init; }
}
