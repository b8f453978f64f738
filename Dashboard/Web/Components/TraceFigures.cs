using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>How long requests took, by route and by instance, and drawn over time.</summary>
public sealed record TraceFigures
{
    public required DurationChart Chart { get; init; }

    public required IReadOnlyList<FigureRow> Instances { get; init; }

    /// <summary>Most requests first.</summary>
    public required IReadOnlyList<FigureRow> Routes { get; init; }

    /// <summary>How many requests the figures are made of.</summary>
    public required int Count { get; init; }

    /// <summary>They are all there are, not a sample.</summary>
    public required bool IsComplete { get; init; }

    internal static TraceFigures? From(TraceSample sample, TraceRequest request, TimeRange range, Viewer viewer)
    {
        if (sample.Entries.Count == 0)
        {
            return null;
        }

        var instances = sample.Entries.GroupBy(entry => entry.Instance)
            .Select(group => Row(group.Key, null, Tone.Hue(group.Key), group, Toggle(group.Key), request.Resources.Contains(group.Key, StringComparer.OrdinalIgnoreCase)))
            .OrderBy(row => row.Name, NaturalOrder.Instance).ToList();
        var services = sample.Entries.Select(entry => entry.Service).Distinct().Count();
        var routes = sample.Entries.GroupBy(entry => (entry.Service, entry.Name))
            .Select(group => Row(
                group.Key.Name, services > 1 ? group.Key.Service : null, null, group,
                (request with { Route = group.Key.Name == request.Route ? null : group.Key.Name, Before = null }).Address(), group.Key.Name == request.Route))
            .OrderByDescending(row => row.Count).ThenBy(row => row.Name, StringComparer.Ordinal).ToList();
        return new TraceFigures
        {
            Chart = DurationChart.From(sample, request, range, viewer),
            Instances = instances,
            Routes = routes,
            Count = sample.Entries.Count,
            IsComplete = sample.IsComplete,
        };

        string Toggle(string name) => (request with
        {
            Resource = request.Resources.Contains(name, StringComparer.OrdinalIgnoreCase) ? [.. request.Resources.Where(r => !r.Equals(name, StringComparison.OrdinalIgnoreCase))] : [name],
            Before = null,
        }).Address();
    }

    private static FigureRow Row(string name, string? service, int? hue, IEnumerable<SampledEntry> entries, string address, bool isChosen)
    {
        var sorted = entries.OrderBy(entry => entry.Nanoseconds).ToList();
        return new FigureRow(name, service, hue, address, isChosen, sorted.Count, At(0.5), At(0.95), At(0.99), sorted.Count(entry => entry.IsError));

        // The value that so many are not above.
        string At(double share) => Format.Duration(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)].Nanoseconds / 100);
    }
}

/// <summary>How long the requests of one route or to one instance took.</summary>
/// <param name="Address">The page with this as its filter, or without it where it is chosen.</param>
public sealed record FigureRow(
    string Name, string? Service, int? Hue, string Address, bool IsChosen, int Count, string P50, string P95, string P99, int Errors);
