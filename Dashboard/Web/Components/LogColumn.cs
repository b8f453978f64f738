using System.Text.Json;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>The columns of the log list between time and message, by their names in the URL.</summary>
internal static class LogColumn
{
    public const string Level = "level";
    public const string Replica = "replica";

    /// <summary>Those that are shown when none is chosen.</summary>
    public static readonly IReadOnlyList<string> Usual = [Level, Replica];

    /// <summary>Those that are offered; any other name is an attribute.</summary>
    public static readonly IReadOnlyList<(string Name, string Text)> Offered =
    [
        (Level, "Level"), (Replica, "Replica"), (SearchFields.Service, "Service"), (SearchFields.Scope, "Category"), (SearchFields.Template, "Template"), (SearchFields.Trace, "Trace"),
        (SearchFields.Route, "Route"), (SearchFields.Status, "Status"), (SearchFields.Duration, "Milliseconds"),
    ];

    public static string TextOf(string name) => Offered.FirstOrDefault(column => column.Name == name).Text ?? name;

    /// <summary>Those that are more than level and replica, which have a look of their own.</summary>
    public static IEnumerable<string> Others(IReadOnlyList<string> columns) => columns.Where(name => name is not (Level or Replica));

    public static string Value(LogRow row, string column) => column switch
    {
        SearchFields.Service => row.Service,
        SearchFields.Scope => row.Scope,
        SearchFields.Template => row.Template ?? "",
        SearchFields.Trace => row.TraceId?[..8] ?? "",
        _ => Attribute(row.AttributesJson, SearchFields.LogAttributes(column)),
    };

    private static string Attribute(string json, IReadOnlyList<string> keys)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            foreach (var property in document.RootElement.EnumerateObject().Where(property => keys.Contains(property.Name)))
            {
                var text = property.Value.ValueKind is JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
                return text.Length > 200 ? text[..200] + "…" : text;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The record's details show it as it is.
        }

        return "";
    }
}
