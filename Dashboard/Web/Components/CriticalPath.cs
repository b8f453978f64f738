namespace Stack.Dashboard.Web.Components;

/// <summary>The parts of spans that made a trace as long as it is: at each moment the span that was waited for.</summary>
internal static class CriticalPath
{
    /// <summary>Of each span on it, the parts in ticks, the last first.</summary>
    public static Dictionary<SpanNode, List<(long From, long To)>> Of(SpanNode root)
    {
        Dictionary<SpanNode, List<(long From, long To)>> parts = [];
        Stack<(SpanNode Node, long Until)> open = new([(root, root.Span.End)]);
        while (open.TryPop(out var item))
        {
            var (node, time) = item;
            List<(long, long)> own = [];
            foreach (var child in node.Children.OrderByDescending(child => child.Span.End))
            {
                // What goes on after the parent has ended held up nobody.
                var (start, end) = (Math.Max(child.Span.Start, node.Span.Start), Math.Min(child.Span.End, time));
                if (start < end)
                {
                    Add(own, end, time);
                    open.Push((child, end));
                    time = start;
                }
            }

            Add(own, node.Span.Start, time);
            if (own.Count > 0)
            {
                parts[node] = own;
            }
        }

        return parts;
    }

    private static void Add(List<(long, long)> parts, long from, long to)
    {
        if (from < to)
        {
            parts.Add((from, to));
        }
    }
}
