using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>The answer to a <see cref="LogFilter"/>.</summary>
/// <param name="Rows">Oldest first.</param>
/// <param name="TotalCount">Matches regardless of cursor and limit.</param>
/// <param name="HasOlder">There are matches before the first row.</param>
internal sealed record LogPage(IReadOnlyList<LogRow> Rows, long TotalCount, bool HasOlder)
{
    /// <summary>There are matches after the last row.</summary>
    public bool HasNewer { get; init; }

    /// <summary>The newest row there was, matching or not: a live stream that continues this page starts after it.</summary>
    public long UpToId { get; init; }

    /// <summary>False: there are at least <see cref="TotalCount"/>; counting on would have taken too long.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>Rows from this one back were not looked at yet: asking for those before it goes on with the search. Null: all were, or the page is full.</summary>
    public long? SearchedTo { get; init; }

    /// <summary>The deadline passed before everything was read: rows may be missing and the count is too low.</summary>
    public bool IsPartial { get; init; }
}
