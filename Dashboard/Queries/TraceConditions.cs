using System.Globalization;
using System.Text;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A <see cref="TraceFilter"/> as the WHERE of one segment. A row that meets it stands for its trace.</summary>
internal sealed partial class TraceConditions
{
    private const string OfSameTrace = "EXISTS(SELECT 1 FROM spans AS e INDEXED BY spans_tr WHERE e.tr=spans.tr AND e.tr2=spans.tr2";

    // A sender's clock may be ahead: its spans then begin after they arrived. By how much, segments of earlier versions do not tell.
    private static readonly long ClockSlack = TimeSpan.FromMinutes(1).Ticks;

    private readonly StringBuilder _where = new();
    private readonly List<object> _values = [];
    private readonly List<TextTest> _tests = [];

    private TraceConditions()
    {
    }

    /// <summary>Table with its index: left to itself SQLite walks through all spans by their ids.</summary>
    public string From { get; private init; } = "spans INDEXED BY spans_entries";

    public string Where => _where.ToString();

    /// <summary>Whether the trace of a row has in the same segment what the row itself does not tell, the error or the span that entered it: 1 or 0. Its parameters are bound for themselves.</summary>
    public string Partner { get; private init; } = "1";

    private IReadOnlyList<object> PartnerValues { get; init; } = [];

    /// <summary>Null when nothing in the segment can match. The reader is set up for the query that follows.</summary>
    /// <param name="filter">What is wanted; cursor and limit are not looked at.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="reader">A connection to it.</param>
    /// <param name="byError">Errors are rare, and have an index: when they are wanted it is they that are walked through, and each leads to the span that entered its trace.</param>
    public static TraceConditions? Of(TraceFilter filter, SegmentInfo segment, SegmentReader reader, bool byError)
    {
        if (!MayMatch(filter, segment) || filter.Search.Problem is not null)
        {
            return null;
        }

        var entry = new TraceConditions();
        var hasEntries = entry.AddEntry(filter, reader);
        reader.Tests = entry._tests;
        return byError && filter.HasError == true ? OfErrors(filter, segment, reader, hasEntries ? entry : null)
            : hasEntries ? OfEntries(filter, segment, reader, entry)
            : null;
    }

    // What enters these traces may be in the segment beside, even when nothing here can be it.
    private static TraceConditions OfErrors(TraceFilter filter, SegmentInfo segment, SegmentReader reader, TraceConditions? entry)
    {
        var errors = new TraceConditions
        {
            From = "spans INDEXED BY spans_errors",
            Partner = entry is null ? "0" : $"{OfSameTrace} AND {entry.Where})",
            PartnerValues = entry?._values ?? [],
        };

        // The condition is word by word that of the index.
        errors.Add($"status=2{reader.NotCleared}");
        errors.AddArrival(filter, segment);
        return errors;
    }

    private static TraceConditions OfEntries(TraceFilter filter, SegmentInfo segment, SegmentReader reader, TraceConditions entry)
    {
        var error = $"{OfSameTrace} AND e.status=2{reader.NotCleared})";
        var conditions = new TraceConditions { Partner = filter.HasError switch { null => "1", true => error, false => $"NOT {error}" } };
        conditions.AddArrival(filter, segment);
        conditions.AddAll(entry.Where, entry._values);
        return conditions;
    }

    public static bool MayMatch(TraceFilter filter, SegmentInfo segment) =>
        segment.Spans > 0
        && (filter.From is not { } from || segment.MaxTs >= UnixTicks.Of(from))
        && (filter.To is not { } to || segment.MinTs < UnixTicks.Of(to));

    /// <summary>The rows of a segment among which those of the filter's time are.</summary>
    public static (long First, long Last) ArrivalOf(TraceFilter filter, SegmentInfo segment) =>
        (filter.From is { } from ? Math.Max(segment.MinId, UnixTicks.Of(from) - (segment.MaxAhead ?? ClockSlack)) : segment.MinId,
            filter.To is { } to ? Math.Min(segment.MaxId, UnixTicks.Of(to) + Math.Max(0, segment.MaxDelay)) : segment.MaxId);

    /// <summary>Binds the parameters of <see cref="Where"/>; answers the number of the next one.</summary>
    public int BindTo(SqliteStatement statement, int first = 1) => Bind(statement, _values, first);

    /// <summary>The same for <see cref="Partner"/>.</summary>
    public int BindPartner(SqliteStatement statement, int first = 1) => Bind(statement, PartnerValues, first);

    private static int Bind(SqliteStatement statement, IEnumerable<object> values, int first)
    {
        foreach (var value in values)
        {
            _ = value is long number ? statement.Bind(first, number) : statement.Bind(first, (string)value);
            first++;
        }

        return first;
    }

    private bool AddEntry(TraceFilter filter, SegmentReader reader)
    {
        Add($"entry=1{reader.NotCleared}");
        if (!AddResources(filter.Resources, reader))
        {
            return false;
        }

        AddIf("start>=?", filter.From is { } from ? UnixTicks.Of(from) : null);
        AddIf("start<?", filter.To is { } to ? UnixTicks.Of(to) : null);
        AddIf("dur>=?", filter.MinDuration?.Ticks * 100);
        AddIf("dur<=?", filter.MaxDuration?.Ticks * 100);
        if (filter.Status is { } status)
        {
            Add("http_status BETWEEN ? AND ?", (long)status.First, (long)status.Last);
        }

        if (filter.Route is { } route)
        {
            Add("(route=? OR name=?)", route, route);
        }

        return filter.Search.Terms.All(term => AddTerm(term, reader));
    }

    private void AddArrival(TraceFilter filter, SegmentInfo segment)
    {
        if (filter.From is not null || filter.To is not null)
        {
            var (first, last) = ArrivalOf(filter, segment);
            Add("id>=? AND id<=?", first, last);
        }
    }

    private bool AddResources(IReadOnlyList<string> names, SegmentReader reader) =>
        names.Count == 0 || AddResources(reader, info => names.Any(name => TelemetryResource.Matches(name, info.Service, info.InstanceId, info.DisplayName)));

    private bool AddResources(SegmentReader reader, Func<ResourceInfo, bool> isWanted)
    {
        var wanted = reader.Resources().Where(r => isWanted(r.Info)).Select(r => r.Id.ToString(CultureInfo.InvariantCulture)).ToList();
        Add($"+res IN ({string.Join(',', wanted)})");
        return wanted.Count > 0;
    }

    private void AddIf(string condition, long? value)
    {
        if (value is { } number)
        {
            Add(condition, number);
        }
    }

    private void Add(string condition, params object[] values) => AddAll(condition, values);

    private void AddAll(string condition, IEnumerable<object> values)
    {
        _where.Append(_where.Length == 0 ? "" : " AND ").Append(condition);
        _values.AddRange(values);
    }
}
