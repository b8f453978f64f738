using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Reads the newest exemplars of series in one segment; only the points that have some are touched.</summary>
internal sealed class ExemplarReader : IDisposable
{
    private const int MaxPoints = 40;
    private readonly SegmentReader _reader;
    private readonly SqliteStatement? _rows;

    public ExemplarReader(SegmentReader reader)
    {
        _reader = reader;
        using var index = reader.Prepare("SELECT 1 FROM sqlite_master WHERE name='points_exemplars'");
        _rows = index.Step()
            ? reader.Prepare($"""
                SELECT exemplars FROM points INDEXED BY points_exemplars WHERE series=? AND t>=? AND t<? AND exemplars IS NOT NULL
                ORDER BY t DESC LIMIT {MaxPoints}
                """)
            : null;
    }

    public IEnumerable<Exemplar> Read(SeriesRow series, TimeAxis axis, string replica)
    {
        if (_rows is null)
        {
            yield break;
        }

        _rows.Bind(1, series.Id).Bind(2, Math.Max(axis.From, _reader.Cleared.Of(series.Resource) + 1)).Bind(3, axis.To);
        var found = new List<string>();
        while (_rows.Step())
        {
            found.Add(_rows.Text(0));
        }

        _rows.Reset();
        foreach (var exemplar in found.SelectMany(json => Parse(json, replica)))
        {
            yield return exemplar;
        }
    }

    public void Dispose() => _rows?.Dispose();

    private static List<Exemplar> Parse(string text, string replica)
    {
        using var json = JsonDocument.Parse(text);
        var found = new List<Exemplar>();
        foreach (var item in json.RootElement.EnumerateArray())
        {
            // Only those with a trace lead anywhere.
            if (item.GetProperty("trace").GetString() is { } trace && item.GetProperty("v").ValueKind == JsonValueKind.Number)
            {
                found.Add(new Exemplar(item.GetProperty("t").GetInt64(), item.GetProperty("v").GetDouble(), trace, item.GetProperty("span").GetString(), replica));
            }
        }

        return found;
    }
}
