using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>What the Metrics page shows, as it stands in the URL. Names of others stand in the path, so they are read as they were sent: the server decodes a path but not wholly.</summary>
internal sealed record MetricRequest
{
    private const string Root = "/metrics";
    private const string DefaultRange = "15m";
    private const int MaxDimensions = 20;

    public string? Resource { get; init; }

    public string Meter { get; init; } = "";

    /// <summary>Null = none is chosen.</summary>
    public string? Instrument { get; init; }

    public required TimeRange Range { get; init; }

    /// <summary>One of <see cref="MetricView"/>.</summary>
    public string View { get; init; } = MetricView.Replica;

    /// <summary>The figure as its key; null = the one that suits the instrument.</summary>
    public string? Stat { get; init; }

    public string? SplitBy { get; init; }

    public IReadOnlyList<DimensionFilter> Dimensions { get; init; } = [];

    /// <summary>Text that the instruments of the list contain.</summary>
    public string? Find { get; init; }

    /// <summary>Names may stand in the path, in the order of Aspire's routes, or in the query, as a form sends them.</summary>
    public static MetricRequest Read(HttpContext context, DateTimeOffset now)
    {
        var query = context.Request.Query;
        var path = Segments(context);
        return new MetricRequest
        {
            Resource = Text(path.GetValueOrDefault("resource") ?? query["resource"]),
            Meter = path.GetValueOrDefault("meter") ?? query["meter"].LastOrDefault() ?? "",
            Instrument = Text(path.GetValueOrDefault("instrument") ?? query["instrument"]),
            Range = TimeRange.Parse(query["range"], query["from"], query["to"], now, DefaultRange),
            View = MetricView.All.FirstOrDefault(view => view.Key == query["view"]).Key ?? MetricView.Replica,
            Stat = Text(query["stat"]),
            SplitBy = Text(query["by"]),
            Dimensions = [.. query["dim"].OfType<string>().Select(Dimension).OfType<DimensionFilter>().Distinct().Take(MaxDimensions)],
            Find = Text(query["find"]),
        };
    }

    /// <summary>A filter as one parameter: the key is encoded, so that the first <c>=</c> ends it.</summary>
    public static string Dimension(string key, string value) => $"{Uri.EscapeDataString(key)}={value}";

    /// <summary>The address of the page that shows this.</summary>
    public string Address() => PathOf(out var names) + Query(names);

    /// <summary>The address of the part of the page that is drawn anew.</summary>
    public string FragmentAddress() => "/fragments/metrics" + Query(Names(Resource, Instrument is null ? null : Meter, Instrument));

    /// <summary>The parameters but the names and the range, as a form keeps them.</summary>
    public IEnumerable<(string Name, string Value)> Kept()
    {
        if (View != MetricView.Replica)
        {
            yield return ("view", View);
        }

        if (Stat is not null)
        {
            yield return ("stat", Stat);
        }

        if (SplitBy is not null)
        {
            yield return ("by", SplitBy);
        }

        foreach (var dimension in Dimensions)
        {
            yield return ("dim", Dimension(dimension.Key, dimension.Value));
        }

        if (Find is not null)
        {
            yield return ("find", Find);
        }
    }

    private string PathOf(out IEnumerable<(string, string)> names)
    {
        // A browser takes dots out of a path also when they are encoded, and nothing can't stand in one.
        var fits = IsSegment(Resource ?? "x") && (Instrument is null || (IsSegment(Meter) && IsSegment(Instrument)));
        names = fits ? [] : Names(Resource, Instrument is null ? null : Meter, Instrument);
        if (!fits)
        {
            return Root;
        }

        var path = new StringBuilder(Root);
        path.Append(Resource is null ? "" : $"/resource/{Uri.EscapeDataString(Resource)}");
        path.Append(Instrument is null ? "" : $"/meter/{Uri.EscapeDataString(Meter)}/instrument/{Uri.EscapeDataString(Instrument)}");
        return path.ToString();
    }

    private static IEnumerable<(string, string)> Names(string? resource, string? meter, string? instrument)
    {
        (string Name, string? Value)[] names = [("resource", resource), ("meter", meter), ("instrument", instrument)];
        return names.Where(name => name.Value is not null).Select(name => (name.Name, name.Value!));
    }

    private string Query(IEnumerable<(string, string)> names)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in names.Concat(Kept()))
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return Range.IsChosen ? query.Append(query.Length == 0 ? '?' : '&').Append(Range.Query).ToString() : query.ToString();
    }

    private static bool IsSegment(string name) => name is not ("" or "." or "..");

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static DimensionFilter? Dimension(string? text)
    {
        var end = text?.IndexOf('=', StringComparison.Ordinal) ?? -1;
        return end <= 0 ? null : new DimensionFilter(Uri.UnescapeDataString(text![..end]), text[(end + 1)..]);
    }

    private static Dictionary<string, string> Segments(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?', 2)[0];
        var start = path.IndexOf(Root + "/", StringComparison.OrdinalIgnoreCase);
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (start >= 0)
        {
            var parts = path[(start + Root.Length + 1)..].Split('/');
            for (var i = 0; i + 1 < parts.Length; i += 2)
            {
                names.TryAdd(parts[i], Uri.UnescapeDataString(parts[i + 1]));
            }
        }

        return names;
    }
}
