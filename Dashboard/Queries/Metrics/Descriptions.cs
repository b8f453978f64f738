using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>What senders say about their instruments; a segment of an earlier version has none.</summary>
internal static class Descriptions
{
    public static string Read(SegmentReader reader, string meter, string instrument)
    {
        if (!Has(reader))
        {
            return "";
        }

        using var row = reader.Prepare("SELECT text FROM descriptions WHERE scope=? AND name=?");
        return row.Bind(1, meter).Bind(2, instrument).Step() ? row.Text(0) : "";
    }

    public static void ReadAll(SegmentReader reader, Dictionary<(string Meter, string Name), string> found)
    {
        if (!Has(reader))
        {
            return;
        }

        using var rows = reader.Prepare("SELECT scope, name, text FROM descriptions");
        while (rows.Step())
        {
            found.TryAdd((rows.Text(0), rows.Text(1)), rows.Text(2));
        }
    }

    private static bool Has(SegmentReader reader)
    {
        using var table = reader.Prepare("SELECT 1 FROM sqlite_master WHERE name='descriptions'");
        return table.Step();
    }
}
