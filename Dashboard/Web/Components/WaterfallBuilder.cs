using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>Makes the rows of a waterfall from the spans of a trace and the log records of them.</summary>
internal sealed class WaterfallBuilder(TraceTree tree, ILookup<string, LogRow> logs, Func<string, string> addressOf)
{
    // A browser stops nesting at about 500 elements; a reader long before.
    private const int DeepestNesting = 24;
    private const int MaxTicks = 60;
    private const string Upstream = "stack.upstream";

    private readonly long _length = Math.Max(1, tree.End - tree.Start);
    private readonly Dictionary<SpanNode, List<(long From, long To)>> _critical = CriticalPath.Of(tree.Roots[0]);

    public List<SpanModel> Build()
    {
        List<SpanModel> rows = [];
        if (tree.Roots.Count == 1)
        {
            Add(tree.Roots[0], 0, rows, tree.Roots[0].LacksParent ? "called by a span that was not received" : null);
            return rows;
        }

        // Spans with the same unknown parent belong together.
        foreach (var group in tree.Roots.GroupBy(root => root.LacksParent ? root.Span.Row.ParentSpanId! : root.Span.Row.SpanId))
        {
            if (!group.First().LacksParent)
            {
                Add(group.First(), 0, rows, null);
                continue;
            }

            var missing = new SpanModel { Title = $"Span {group.Key} was not received", Depth = 0, Note = "it has not arrived yet, is no longer kept, or its process sends no traces" };
            rows.Add(missing);
            foreach (var orphan in group)
            {
                Add(orphan, 1, missing.Children, null);
            }
        }

        return rows;
    }

    /// <summary>How much of the whole each instance had to be waited for, the most first.</summary>
    public IReadOnlyList<InstanceShare> Shares()
    {
        var times = tree.Nodes.Where(node => _critical.ContainsKey(node)).GroupBy(node => node.Span.Resource.DisplayName)
            .Select(group => (group.Key, Ticks: group.Sum(node => _critical[node].Sum(part => part.To - part.From)))).OrderByDescending(item => item.Ticks).ToList();
        var whole = Math.Max(1, times.Sum(item => item.Ticks));
        var x = 0.0;
        List<InstanceShare> shares = [];
        foreach (var (name, ticks) in times)
        {
            var width = ticks * 100.0 / whole;
            shares.Add(new InstanceShare(name, Tone.Hue(name), Format.Duration(ticks), Percent.Text(x), Percent.Text(width), $"{width:0} %"));
            x += width;
        }

        return shares;
    }

    private void Add(SpanNode node, int level, List<SpanModel> target, string? note)
    {
        var row = RowOf(node, level, note);
        target.Add(row);
        var below = level + 1 < DeepestNesting ? row.Children : target;
        var tries = node == tree.Gateway ? TryNotes(node) : [];
        foreach (var unreported in tries.Where(t => t.Node is null))
        {
            below.Add(Unreported(unreported, level + 1));
        }

        foreach (var child in node.Children)
        {
            Add(child, level + 1, below, tries.FirstOrDefault(t => t.Node == child).Note);
        }
    }

    private SpanModel RowOf(SpanNode node, int level, string? note)
    {
        var span = node.Span;
        var events = SpanEvents.Of(span);
        var exception = events.LastOrDefault(item => item.IsException);
        return new SpanModel
        {
            Id = span.Row.SpanId,
            Title = node.Title,
            Status = span.Row.HttpStatus,
            Instance = span.Resource.DisplayName,
            Hue = Tone.Hue(span.Resource.DisplayName),
            Depth = level,
            IsError = node.IsError,
            Error = node.IsError ? span.Row.StatusMessage ?? exception?.Attributes.Value("exception.message") ?? exception?.Attributes.Value("exception.type") ?? node.Attributes.Value("error.type") : null,
            Peer = SpanPeer.Of(node),
            Note = note,
            Address = addressOf(span.Row.SpanId),
            Bar = SpanBar.Of(span.Start, span.End, tree.Start, _length) with
            {
                Critical = [.. _critical.GetValueOrDefault(node, []).Select(part => (At(part.From), Percent.Of(part.To - part.From, _length)))],
                Ticks =
                [
                    .. events.Take(MaxTicks).Select(item => new SpanTick(At(item.Time), item.IsException ? "exception" : "event", item.Name)),
                    .. logs[span.Row.SpanId].Take(MaxTicks).Select(row => new SpanTick(At(UnixTicks.Of(row.Time)), Tone.OfSeverity(row.Severity), row.Body.Length > 200 ? row.Body[..200] : row.Body)),
                ],
            },
        };
    }

    /// <summary>The gateway tells of each try; the replicas tell only of those that reached them.</summary>
    private static List<(SpanNode? Node, string Note, SpanEvent? Event)> TryNotes(SpanNode gateway)
    {
        var reported = gateway.Replicas.ToList();
        var tries = SpanEvents.Of(gateway.Span).Where(item => item.Name == "stack.try" && item.Attributes.Value(Upstream) is not null).ToList();
        if (tries.Count < 2)
        {
            return reported.Count < 2 ? [] : [.. reported.Select((node, i) => ((SpanNode?)node, $"try {i + 1} of {reported.Count}", (SpanEvent?)null))];
        }

        List<(SpanNode?, string, SpanEvent?)> notes = [];
        for (var i = 0; i < tries.Count; i++)
        {
            var upstream = tries[i].Attributes.Value(Upstream);
            var node = reported.Find(candidate => candidate.Span.Resource.DisplayName == upstream || candidate.Span.Resource.InstanceId == upstream);
            reported.Remove(node!);
            var status = tries[i].Attributes.Value("http.response.status_code");
            notes.Add((node, $"try {i + 1} of {tries.Count}{(status is null || node?.Span.Row.HttpStatus?.ToString() == status ? "" : $", {status}")}", tries[i]));
        }

        return notes;
    }

    private SpanModel Unreported((SpanNode? Node, string Note, SpanEvent? Event) tried, int level)
    {
        var name = tried.Event!.Attributes.Value(Upstream)!;
        var start = tried.Event.Time;
        var length = double.TryParse(tried.Event.Attributes.Value("stack.upstream.response", "stack.upstream.connect"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e6
            ? (long)(seconds * TimeSpan.TicksPerSecond)
            : 0;
        return new SpanModel
        {
            Title = "has not told of this request",
            Instance = name,
            Hue = Tone.Hue(name),
            Depth = level,
            Note = tried.Note,
            Bar = SpanBar.Of(start, start + length, tree.Start, _length),
        };
    }

    private string At(long ticks) => Percent.Of(ticks - tree.Start, _length);
}

/// <summary>The part of a trace that one instance had to be waited for.</summary>
public sealed record InstanceShare(string Name, int Hue, string Time, string X, string Width, string Share);
