namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>One request, as a line of the access log tells it. Times are nanoseconds, since 1970 or long.</summary>
internal sealed record AccessLine
{
    public required long End { get; init; }

    public required long Duration { get; init; }

    public long Start => End - Duration;

    public required string Method { get; init; }

    /// <summary>Path and query as the client sent them.</summary>
    public required string Uri { get; init; }

    public required int Status { get; init; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits: Nginx's own span.</summary>
    public required string SpanId { get; init; }

    /// <summary>The client's span; null when the trace begins with this request.</summary>
    public string? ParentSpanId { get; init; }

    public string Protocol { get; init; } = "";

    public string Scheme { get; init; } = "";

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    public string Client { get; init; } = "";

    public string Host { get; init; } = "";

    public string RequestId { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public string Referer { get; init; } = "";

    /// <summary>The replicas that were asked, in order. Empty: Nginx answered by itself, or there was none to ask.</summary>
    public IReadOnlyList<UpstreamTry> Tries { get; init; } = [];

    /// <summary>How many times another replica was asked.</summary>
    public int Retries => Math.Max(0, Tries.Count - 1);
}

/// <summary>One replica that was asked for an answer. Times are nanoseconds; null: it did not get that far.</summary>
/// <param name="Address">Address and port.</param>
/// <param name="Status">What it answered, or what Nginx made of its silence; null: neither.</param>
/// <param name="Connect">Until it was connected; 0 for a connection that was there.</param>
/// <param name="Header">Until its answer began.</param>
/// <param name="Response">Until its answer was complete.</param>
internal readonly record struct UpstreamTry(string Address, int? Status, long? Connect, long? Header, long? Response);
