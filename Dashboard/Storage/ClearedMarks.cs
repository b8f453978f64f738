using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Stack.Dashboard.Storage;

/// <summary>Up to which row id the rows of a resource were cleared away. Deleting them is the slow way: queries leave them out, and retention takes them.</summary>
internal sealed class ClearedMarks(IEnumerable<KeyValuePair<long, long>> marks)
{
    private readonly FrozenDictionary<long, long> _marks = marks.ToFrozenDictionary();

    public static readonly ClearedMarks None = new([]);

    public bool IsEmpty => _marks.Count == 0;

    /// <summary>The last id that is cleared; 0 = nothing is.</summary>
    public long Of(long resource) => _marks.GetValueOrDefault(resource);

    /// <summary>Whether nothing of the resource is left in the segment.</summary>
    public bool Covers(long resource, SegmentInfo segment) => segment.MaxId > 0 && Of(resource) >= segment.MaxId;

    /// <summary>Conditions for the WHERE of a segment's <c>logs</c> or <c>spans</c>, each beginning with <c>AND</c>; empty when nothing was cleared.</summary>
    public string Conditions()
    {
        var text = new StringBuilder();
        foreach (var (resource, before) in _marks)
        {
            // The + keeps SQLite from taking the index on res for a condition that says no.
            text.Append(CultureInfo.InvariantCulture, $" AND NOT (+res={resource} AND id<={before})");
        }

        return text.ToString();
    }

    public ClearedMarks With(IEnumerable<long> resources, long before)
    {
        var all = _marks.ToDictionary();
        foreach (var resource in resources)
        {
            all[resource] = before;
        }

        return new ClearedMarks(all);
    }
}
