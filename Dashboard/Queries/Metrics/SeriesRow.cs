using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>A series of an instrument as one segment has it.</summary>
internal sealed record SeriesRow(long Id, long Resource, string Unit, string Type, string AttributesJson, string Hash)
{
    private const string Sql = """
        SELECT s.id, s.res, s.unit, s.type, s.attrs, s.hash FROM series s JOIN scopes c ON c.id=s.scope WHERE s.name=? AND c.name=? ORDER BY s.id DESC
        """;

    /// <summary>Newest first.</summary>
    public static List<SeriesRow> Read(SegmentReader reader, string meter, string instrument)
    {
        var found = new List<SeriesRow>();
        using var rows = reader.Prepare(Sql);
        rows.Bind(1, instrument).Bind(2, meter);
        while (rows.Step())
        {
            found.Add(new SeriesRow(rows.Number(0), rows.Number(1), rows.Text(2), rows.Text(3), rows.Text(4), rows.Text(5)));
        }

        return found;
    }

    /// <summary>Its attributes as texts: a string as it is, everything else as JSON.</summary>
    public Dictionary<string, string> Attributes()
    {
        using var json = JsonDocument.Parse(AttributesJson);
        var attributes = new Dictionary<string, string>();
        foreach (var attribute in json.RootElement.EnumerateObject())
        {
            attributes[attribute.Name] = attribute.Value.ValueKind == JsonValueKind.String ? attribute.Value.GetString()! : attribute.Value.GetRawText();
        }

        return attributes;
    }
}
