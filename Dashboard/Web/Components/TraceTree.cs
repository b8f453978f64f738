using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Components;

/// <summary>The spans of a trace as a tree. No span is in it twice, whatever senders claim.</summary>
internal sealed class TraceTree
{
    private const int Server = 2;

    private TraceTree(IReadOnlyList<SpanNode> roots, IReadOnlyList<SpanNode> nodes)
    {
        Roots = roots;
        Nodes = nodes;
        Start = nodes.Min(node => node.Span.Start);
        End = nodes.Max(node => node.Span.End);
        Gateway = nodes.FirstOrDefault(node => node.Span.Row.Kind == Server && node.Attributes.Value("stack.upstream") is not null)
            ?? nodes.FirstOrDefault(node => node.Span.Row.Kind == Server && node.Replicas.Any());
        Replica = Gateway?.Replicas.OrderByDescending(node => node.Span.Start).FirstOrDefault();
        Retries = Math.Max(
            nodes.Sum(node => long.TryParse(node.Attributes.Value("stack.retries"), out var count) && count is > 0 and < 1000 ? count : 0),
            Math.Max(0, (Gateway?.Replicas.Count() ?? 0) - 1));
    }

    /// <summary>Spans whose parent has not arrived, or belongs to somebody else, or which have none; by their start.</summary>
    public IReadOnlyList<SpanNode> Roots { get; }

    /// <summary>Parents before their children.</summary>
    public IReadOnlyList<SpanNode> Nodes { get; }

    /// <summary>In 100 ns ticks since 1970.</summary>
    public long Start { get; }

    public long End { get; }

    /// <summary>What let the request in and asked a replica; null when there was no such thing, or it has not told of it.</summary>
    public SpanNode? Gateway { get; }

    /// <summary>The replica that was asked last.</summary>
    public SpanNode? Replica { get; }

    /// <summary>How often another replica was asked. Each try carries the same parent: several replicas below one span are tries.</summary>
    public long Retries { get; }

    public static TraceTree Of(StoredTrace trace)
    {
        var nodes = trace.Spans.Select(span => new SpanNode(span)).ToList();
        var byId = new Dictionary<string, SpanNode>();
        foreach (var node in nodes)
        {
            byId.TryAdd(node.Span.Row.SpanId, node);
        }

        List<SpanNode> roots = [];
        foreach (var node in nodes)
        {
            if (node.Span.Row.ParentSpanId is { } id && byId.GetValueOrDefault(id) is { } parent && !parent.IsBelow(node))
            {
                node.Parent = parent;
                parent.Children.Add(node);
            }
            else
            {
                node.LacksParent = node.Span.Row.ParentSpanId is { } unknown && !byId.ContainsKey(unknown);
                roots.Add(node);
            }
        }

        List<SpanNode> ordered = new(nodes.Count);
        Stack<SpanNode> open = new(roots.AsEnumerable().Reverse());
        while (open.TryPop(out var node))
        {
            ordered.Add(node);
            foreach (var child in node.Children.AsEnumerable().Reverse())
            {
                child.Depth = node.Depth + 1;
                open.Push(child);
            }
        }

        return new TraceTree(roots, ordered);
    }
}

/// <summary>A span in its place.</summary>
internal sealed class SpanNode(StoredSpan span)
{
    private IReadOnlyList<AttributeModel>? _attributes;

    public StoredSpan Span => span;

    public SpanNode? Parent { get; set; }

    /// <summary>By their start.</summary>
    public List<SpanNode> Children { get; } = [];

    public int Depth { get; set; }

    public IReadOnlyList<AttributeModel> Attributes => _attributes ??= SpanAttributes.Of(span.Row.AttributesJson);

    public bool IsError => span.Row.Status == 2;

    /// <summary>It has a parent that is not known here.</summary>
    public bool LacksParent { get; set; }

    /// <summary>Requests of this span that another service has told of.</summary>
    public IEnumerable<SpanNode> Replicas => Children.Where(child => child.Span.Row.Kind == 2 && child.Span.Resource.Service != span.Resource.Service);

    /// <summary>A name like "GET" alone says little: the gateway has no route, and neither has a site that was not set up to name its spans.</summary>
    public string Title
    {
        get
        {
            var name = span.Row.Name;
            if (span.Row.Route is { } route && !name.Contains(route, StringComparison.Ordinal) && !name.Contains(' '))
            {
                return $"{Method(name)} {route}";
            }

            return name.Contains(' ') || span.Row.Kind is not (2 or 3) || Attributes.Value("url.path") is not { } path ? name : $"{Method(name)} {path}";
        }
    }

    /// <summary>How long it did not wait for a child, in ticks.</summary>
    public long SelfTime
    {
        get
        {
            var (self, covered) = (0L, span.Start);
            foreach (var child in Children)
            {
                self += Math.Max(0, Math.Min(child.Span.Start, span.End) - covered);
                covered = Math.Max(covered, Math.Min(child.Span.End, span.End));
            }

            return self + Math.Max(0, span.End - covered);
        }
    }

    public bool IsBelow(SpanNode other)
    {
        for (var node = this; node is not null; node = node.Parent)
        {
            if (node == other)
            {
                return true;
            }
        }

        return false;
    }

    // .NET without ServiceDefaults calls every request "Microsoft.AspNetCore.Hosting.HttpRequestIn".
    private string Method(string name) => name.Contains('.') ? Attributes.Value("http.request.method", "http.method") ?? "Request" : name;
}
