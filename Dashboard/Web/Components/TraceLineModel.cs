using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Components;

/// <summary>One trace as a line of the list.</summary>
public sealed record TraceLineModel
{
    public required string Id { get; init; }

    public required string Address { get; init; }

    /// <summary>What was asked for, by its first span.</summary>
    public required string Title { get; init; }

    /// <summary>Status of the answer; null when there is none.</summary>
    public int? Status { get; init; }

    public required string Time { get; init; }

    public required string FullTime { get; init; }

    public required string Iso { get; init; }

    public required string Duration { get; init; }

    /// <summary>Of the longest on the page, and within it the replica's part; in percent.</summary>
    public required (string Width, string? InnerX, string? InnerWidth) Bar { get; init; }

    /// <summary>How much of it the replica took, where the gateway told as well.</summary>
    public string? InReplica { get; init; }

    /// <summary>Who took how long, where the gateway and a replica both told.</summary>
    public string? Parts { get; init; }

    /// <summary>The instances that took part, in the order in which they were reached.</summary>
    public required IReadOnlyList<string> Instances { get; init; }

    /// <summary>How many spans there are, with a plus when there are more.</summary>
    public required string Spans { get; init; }

    public required int Errors { get; init; }

    /// <summary>How often the gateway asked another replica.</summary>
    public required long Retries { get; init; }

    internal static IReadOnlyList<TraceLineModel> From(IReadOnlyList<StoredTrace> traces, Viewer viewer)
    {
        var trees = traces.Select(trace => (Trace: trace, Tree: TraceTree.Of(trace))).ToList();
        var longest = Math.Max(1, trees.Select(item => Longest(item.Tree)).DefaultIfEmpty().Max());
        return [.. trees.Select(item => From(item.Trace, item.Tree, longest, viewer))];
    }

    private static TraceLineModel From(StoredTrace trace, TraceTree tree, long longest, Viewer viewer)
    {
        var first = tree.Roots[0];
        var (gateway, replica) = (tree.Gateway?.Span, tree.Replica?.Span);
        return new TraceLineModel
        {
            Id = trace.Id,
            Address = TraceModel.AddressOf(trace.Id, first.Span.Row.Start),
            Title = first.Title,
            Status = first.Span.Row.HttpStatus ?? tree.Replica?.Span.Row.HttpStatus,
            Time = viewer.PreciseClock(first.Span.Row.Start),
            FullTime = viewer.Full(first.Span.Row.Start),
            Iso = first.Span.Row.Start.UtcDateTime.ToString("O"),
            Duration = Format.Duration(Longest(tree)),
            Bar = (Percent.Of(Longest(tree), longest, 0.4),
                replica is null ? null : Percent.Of(replica.Start - gateway!.Start, longest),
                replica is null ? null : Percent.Of(replica.End - replica.Start, longest)),
            InReplica = replica is null ? null : Format.Duration(replica.End - replica.Start),
            Parts = replica is null ? null : $"{gateway!.Resource.DisplayName} {Format.Duration(gateway.End - gateway.Start)}, {replica.Resource.DisplayName} {Format.Duration(replica.End - replica.Start)}",
            Instances = [.. tree.Nodes.Select(node => node.Span.Resource.DisplayName).Distinct()],
            Spans = $"{tree.Nodes.Count}{(trace.IsCut ? "+" : "")} {(tree.Nodes.Count == 1 ? "span" : "spans")}",
            Errors = tree.Nodes.Count(node => node.IsError),
            Retries = tree.Retries,
        };
    }

    // Of what entered a service: what goes on in the background afterwards is no time that anybody waited.
    private static long Longest(TraceTree tree) => tree.Nodes.Where(node => node.Span.Row.IsEntry).Select(node => node.Span.End - node.Span.Start).DefaultIfEmpty().Max();
}
