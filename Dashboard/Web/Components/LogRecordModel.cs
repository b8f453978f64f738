using System.Text.Encodings.Web;
using System.Text.Json;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>Everything there is to know of one log record.</summary>
public sealed record LogRecordModel
{
    private const int MaxLinked = 200;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required LogLineModel Line { get; init; }

    public required string Message { get; init; }

    public required IReadOnlyList<LogField> Facts { get; init; }

    public required IReadOnlyList<LogField> Attributes { get; init; }

    /// <summary>What the sender said of itself.</summary>
    public required IReadOnlyList<LogField> Resource { get; init; }

    public string? ExceptionType { get; init; }

    public string? ExceptionMessage { get; init; }

    public string? StackTrace { get; init; }

    public string? TraceId { get; init; }

    /// <summary>The trace, at the span of the record.</summary>
    public string? SpansAddress { get; init; }

    /// <summary>The list as it was, without the record.</summary>
    public required string CloseAddress { get; init; }

    /// <summary>The record without the filter it was found by.</summary>
    public required string Permalink { get; init; }

    public required string JsonAddress { get; init; }

    /// <summary>What the same replica wrote around it, oldest first, the record itself among it.</summary>
    public required IReadOnlyList<LogLineModel> Around { get; init; }

    /// <summary>Address of a record of <see cref="Around"/>, up to its id.</summary>
    public required string AroundAddress { get; init; }

    internal static LogRecordModel From(LogRow row, IReadOnlyList<LogRow> around, LogRequest request, Viewer viewer)
    {
        var attributes = Fields(row.AttributesJson, request, isSearched: true);
        var line = LogLineModel.From(row, viewer, LogColumn.Usual);
        return new LogRecordModel
        {
            Line = line,
            Message = row.Body,
            Facts = FactsOf(row, line, request, viewer),
            Attributes = [.. attributes.Where(a => a.Name is not ("exception.type" or "exception.message" or "exception.stacktrace"))],
            Resource = Fields(row.ResourceAttributesJson, request, isSearched: false),
            ExceptionType = ValueOf("exception.type"),
            ExceptionMessage = ValueOf("exception.message"),
            StackTrace = ValueOf("exception.stacktrace"),
            TraceId = row.TraceId,
            SpansAddress = row.TraceId is null ? null : $"/traces/detail/{row.TraceId}?t={row.Time.ToUnixTimeMilliseconds()}{(row.SpanId is null ? "" : $"&span={row.SpanId}")}",
            CloseAddress = request.Address(request.BeforeId),
            Permalink = $"/structuredlogs?record={line.Id}",
            JsonAddress = $"/structuredlogs/record/{line.Id}",
            Around = [.. around.Select(other => LogLineModel.From(other, viewer, LogColumn.Usual))],
            AroundAddress = Start(request.Address(request.BeforeId)),
        };

        string? ValueOf(string name) => attributes.FirstOrDefault(a => a.Name == name)?.Value;
    }

    /// <summary>An address to which one more parameter can be added.</summary>
    internal static string Start(string address) => address + (address.Contains('?', StringComparison.Ordinal) ? '&' : '?');

    private static List<LogField> FactsOf(LogRow row, LogLineModel line, LogRequest request, Viewer viewer)
    {
        List<LogField> facts = [new("Time", viewer.Full(row.Time))];
        Add("Level", line.LevelText, SearchFields.Level, LogLevels.NameOf(row.Severity));
        Add("Service", row.Service, SearchFields.Service, row.Service);
        Add("Instance", row.InstanceId, SearchFields.Instance, row.InstanceId);
        Add("Category", row.Scope, SearchFields.Scope, row.Scope);
        Add("Template", row.Template, SearchFields.Template, row.Template);
        Add("Trace", row.TraceId, SearchFields.Trace, row.TraceId);
        Add("Span", row.SpanId, SearchFields.Span, row.SpanId);
        return facts;

        void Add(string name, string? value, string field, string? searched)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts.Add(Linked(new LogField(name, value), field, searched, request));
            }
        }
    }

    private static List<LogField> Fields(string json, LogRequest request, bool isSearched)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            return [.. document.RootElement.EnumerateObject().Select(property => Field(property.Name, property.Value, request, isSearched))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return json.Length > 0 ? [new LogField("attributes", json)] : [];
        }
    }

    private static LogField Field(string name, JsonElement value, LogRequest request, bool isSearched)
    {
        var (kind, text) = value.ValueKind switch
        {
            JsonValueKind.String => ("string", value.GetString()!),
            JsonValueKind.Number => ("number", value.GetRawText()),
            JsonValueKind.True or JsonValueKind.False => ("boolean", value.GetRawText()),
            JsonValueKind.Null => ("null", "null"),
            _ => ("json", JsonSerializer.Serialize(value, Indented)),
        };
        var field = new LogField(name, text) { Kind = kind, IsAttribute = true };
        return isSearched && kind is ("string" or "number" or "boolean") ? Linked(field, name, text, request) : field;
    }

    private static LogField Linked(LogField field, string name, string? searched, LogRequest request) => searched is { Length: > 0 and <= MaxLinked } && name.Length > 0
        ? field with
        {
            OnlyAddress = request.With(new SearchTerm(name, SearchComparison.Equals, searched, false)).Address(),
            NotAddress = request.With(new SearchTerm(name, SearchComparison.Equals, searched, true)).Address(),
        }
        : field;
}

/// <summary>One fact about a record.</summary>
public sealed record LogField(string Name, string Value)
{
    /// <summary>True for what the sender added; false for what every record has.</summary>
    public bool IsAttribute { get; init; }

    /// <summary>string, number, boolean, null, json.</summary>
    public string Kind { get; init; } = "string";

    /// <summary>The list with only those that have this value; null where it cannot be asked for.</summary>
    public string? OnlyAddress { get; init; }

    /// <summary>The list without them.</summary>
    public string? NotAddress { get; init; }
}
