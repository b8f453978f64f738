namespace Stack.Dashboard.Storage;

/// <summary>One span as it is stored.</summary>
internal sealed record SpanRow
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    public string? ParentSpanId { get; init; }

    public required string Name { get; init; }

    /// <summary>OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.</summary>
    public required int Kind { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required long DurationNanoseconds { get; init; }

    public DateTimeOffset End => Start.AddTicks(DurationNanoseconds / 100);

    /// <summary>OTLP: 0 unset, 1 ok, 2 error.</summary>
    public int Status { get; init; }

    public string? StatusMessage { get; init; }

    public string? Route { get; init; }

    public int? HttpStatus { get; init; }

    public string AttributesJson { get; init; } = "{}";

    public string? EventsJson { get; init; }

    public string? LinksJson { get; init; }

    /// <summary>What the span of a gateway says of the replicas it asked; null for every other span.</summary>
    public GatewayRequest? Gateway { get; init; }

    /// <summary>Where a service was entered: what a list of traces shows.</summary>
    public bool IsEntry => ParentSpanId is null || Kind is 2 or 5;

    public int Size => 320 + (2 * (Name.Length + AttributesJson.Length + (EventsJson?.Length ?? 0) + (LinksJson?.Length ?? 0)));
}
