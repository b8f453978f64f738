namespace Stack.Dashboard.Web.Components;

/// <summary>A row of the waterfall: a span, or one that is known only from others.</summary>
public sealed record SpanModel
{
    public const int DeepestIndent = 16;

    /// <summary>Null for what has not told of itself.</summary>
    public string? Id { get; init; }

    public required string Title { get; init; }

    /// <summary>Status of the answer.</summary>
    public int? Status { get; init; }

    public string? Instance { get; init; }

    public int? Hue { get; init; }

    /// <summary>How deep it stands below the first one.</summary>
    public required int Depth { get; init; }

    public bool IsError { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>Who was called but has told nothing.</summary>
    public string? Peer { get; init; }

    /// <summary>What is special about it, for example that it is the second try.</summary>
    public string? Note { get; init; }

    /// <summary>Page of the trace with this span's details.</summary>
    public string? Address { get; init; }

    /// <summary>Null when it is not known when it was.</summary>
    public SpanBar? Bar { get; init; }

    /// <summary>In the order in which they began.</summary>
    public List<SpanModel> Children { get; } = [];

    public int Below => Children.Sum(child => child.Below + 1);
}

/// <summary>The drawing of a span; places and lengths in percent of the trace.</summary>
public sealed record SpanBar
{
    public required string X { get; init; }

    public required string Width { get; init; }

    public required string Duration { get; init; }

    /// <summary>After the beginning of the trace.</summary>
    public required string Offset { get; init; }

    /// <summary>The parts that the whole trace waited for.</summary>
    public IReadOnlyList<(string X, string Width)> Critical { get; init; } = [];

    public IReadOnlyList<SpanTick> Ticks { get; init; } = [];

    /// <param name="from">Ticks since 1970.</param>
    /// <param name="to">Ticks since 1970.</param>
    /// <param name="start">Where the trace begins.</param>
    /// <param name="length">How long the trace is.</param>
    internal static SpanBar Of(long from, long to, long start, long length)
    {
        var (x, width) = ((from - start) * 100.0 / length, Math.Max((to - from) * 100.0 / length, 0.3));
        x = Math.Clamp(x, 0, 99.7);
        return new SpanBar
        {
            X = Percent.Text(x),
            Width = Percent.Text(Math.Min(width, 100 - x)),
            Duration = Format.Duration(to - from),
            Offset = Format.Duration(from - start),
        };
    }
}

/// <summary>A moment of a span: an event, or a record of the log.</summary>
public sealed record SpanTick(string X, string Kind, string Text);
