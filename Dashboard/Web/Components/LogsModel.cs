using Stack.Dashboard.Web.Charts;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the structured logs page shows.</summary>
public sealed record LogsModel
{
    /// <summary>Newest first.</summary>
    public required IReadOnlyList<LogLineModel> Lines { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required long TotalCount { get; init; }

    /// <summary>False: there are at least so many.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>True when the deadline came before everything was read.</summary>
    public bool IsPartial { get; init; }

    /// <summary>How far back was looked, when the search took too long for one page; and where it goes on.</summary>
    public string? SearchedTo { get; init; }

    public string? FurtherAddress { get; init; }

    /// <summary>True when words of old records are found by an index, which knows whole ones only.</summary>
    public bool IsByWholeWords { get; init; }

    /// <summary>What is wrong with the search, as a sentence.</summary>
    public string? Problem { get; init; }

    /// <summary>True on the pages behind the first: they stand still.</summary>
    public required bool IsOlderPage { get; init; }

    /// <summary>Whether what arrives appears by itself.</summary>
    public required bool IsLive { get; init; }

    public required bool IsFiltered { get; init; }

    public required IReadOnlyList<ResourceChoice> Resources { get; init; }

    public string? Level { get; init; }

    public string? Text { get; init; }

    public string? TraceId { get; init; }

    public required TimeRange Range { get; init; }

    public required HistogramModel Histogram { get; init; }

    /// <summary>The records by template, in the place of the list; null for the list.</summary>
    public TemplatesModel? Templates { get; init; }

    /// <summary>The record that is shown in full.</summary>
    public LogRecordModel? Record { get; init; }

    /// <summary>The list without the record that was asked for and is not there; null when none was, or it is there.</summary>
    public string? RecordMissing { get; init; }

    /// <summary>The filter as a query string, without cursor.</summary>
    public required string Query { get; init; }

    /// <summary>The filter, without cursor and without the way of showing, for exports.</summary>
    public required string ExportQuery { get; init; }

    /// <summary>The list, and the list by templates, with this filter.</summary>
    public required string ListAddress { get; init; }

    public required string TemplatesAddress { get; init; }

    /// <summary>This page, up to the place where the id of a record follows.</summary>
    public required string RecordAddress { get; init; }

    /// <summary>Names for the filter editor: fields, and attributes of the records on the page.</summary>
    public required IReadOnlyList<string> FieldNames { get; init; }

    /// <summary>Where the live stream goes on from: the newest record at the time of the query, whether it matches or not.</summary>
    public required string Cursor { get; init; }

    /// <summary>The page of what came before; null on the last one.</summary>
    public string? OlderAddress { get; init; }

    /// <summary>Says which replicas are chosen.</summary>
    public string Chosen
    {
        get
        {
            var chosen = Resources.SelectMany(s => s.All).Where(r => r.IsChosen).Select(r => r.Name).Distinct().ToList();
            return chosen.Count switch
            {
                0 => "All replicas",
                1 => chosen[0],
                2 => $"{chosen[0]}, {chosen[1]}",
                _ => $"{chosen.Count} chosen",
            };
        }
    }
}

/// <summary>Records over time by level.</summary>
public sealed record HistogramModel(TimeRange Range, IReadOnlyList<ChartBars> Bars, string Label, bool IsPartial);

/// <summary>A service in the filter, with its instances.</summary>
public sealed record ResourceChoice(string Name, bool IsChosen, IReadOnlyList<ResourceChoice> Instances)
{
    internal IEnumerable<ResourceChoice> All => Instances.Prepend(this);

    internal static IReadOnlyList<ResourceChoice> From(IReadOnlyList<TelemetryGroup> groups, IReadOnlyList<string> chosen)
    {
        var known = groups.Select(g => new ResourceChoice(g.Service, IsChosen(g.Service),
        [
            .. g.Instances.Where(i => i.Name != g.Service).Select(i => new ResourceChoice(i.Name, IsChosen(i.Name), [])),
        ])).ToList();

        // A name from the URL that has sent nothing yet stays visible, else the filter would be invisible as well.
        var names = known.SelectMany(k => k.All).Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. known, .. chosen.Where(c => !names.Contains(c)).Select(c => new ResourceChoice(c, true, []))];

        bool IsChosen(string name) => chosen.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
