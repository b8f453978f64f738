namespace Stack.Dashboard.Storage;

/// <summary>One log record as it is shown and queried. <see cref="Id"/> is its arrival in 100 ns ticks since 1970, unique and rising.</summary>
internal sealed record LogRow
{
    public long Id { get; init; }

    /// <summary>The sender's time; where it gave none, the arrival.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>OTLP 1..24; 0 = the sender gave none.</summary>
    public required int Severity { get; init; }

    public required string Service { get; init; }

    public string? InstanceId { get; init; }

    public required string DisplayName { get; init; }

    public string Scope { get; init; } = "";

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public string? TraceId { get; init; }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public string? SpanId { get; init; }

    /// <summary>The message before its values were filled in.</summary>
    public string? Template { get; init; }

    public required string Body { get; init; }

    /// <summary>A JSON object; floating-point numbers always carry a point or an exponent, bytes are <c>{"bytesValue":base64}</c>.</summary>
    public string AttributesJson { get; init; } = "{}";

    /// <summary>All attributes of the resource, one shared string per resource.</summary>
    public string ResourceAttributesJson { get; init; } = "{}";

    /// <summary>About what the row takes in memory.</summary>
    public int Size => 280 + (2 * (Body.Length + AttributesJson.Length)) + (TraceId is null ? 0 : 160);
}
