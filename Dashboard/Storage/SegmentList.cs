using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>The segments at one moment, oldest first.</summary>
internal sealed class SegmentList(ImmutableArray<SegmentInfo> items)
{
    public ImmutableArray<SegmentInfo> Items { get; } = items;

    public SegmentInfo? Find(string file)
    {
        foreach (var segment in Items)
        {
            if (segment.File == file)
            {
                return segment;
            }
        }

        return null;
    }

    public SegmentList With(SegmentInfo segment)
    {
        // The newest is nearly always the one that changes.
        for (var i = Items.Length - 1; i >= 0; i--)
        {
            if (Items[i].File == segment.File)
            {
                return new SegmentList(Items.SetItem(i, segment));
            }
        }

        return new SegmentList(Items.Add(segment).Sort((a, b) => string.CompareOrdinal(SortKey(a), SortKey(b))));
    }

    public SegmentList Without(string file) => new(Items.RemoveAll(segment => segment.File == file));

    // By running number: the clock may have been set back between two segments.
    private static string SortKey(SegmentInfo segment) =>
        SegmentInfo.TryParseName(segment.File, out _, out var number) ? number.ToString("D10") : segment.File;
}
