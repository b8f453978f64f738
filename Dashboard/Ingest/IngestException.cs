namespace Stack.Dashboard.Ingest;

/// <summary>Why an export request is refused.</summary>
internal enum Refusal
{
    Unauthenticated,
    Malformed,
    UnknownEncoding,
    UnknownMethod,
    TooLarge,
    Busy,
}

/// <summary>An export request is refused; each protocol says so in its own words (<see cref="RefusalCodes"/>).</summary>
internal sealed class IngestException(Refusal refusal, string message) : Exception(message)
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>The codes of a refusal: 14 and 503 are sent again by exporters, 8 and 413 never are.</summary>
internal static class RefusalCodes
{
    public static int Grpc(Refusal refusal) => refusal switch
    {
        Refusal.Unauthenticated => 16,
        Refusal.Malformed => 3,
        Refusal.UnknownEncoding or Refusal.UnknownMethod => 12,
        Refusal.TooLarge => 8,
        _ => 14,
    };

    public static int Http(Refusal refusal) => refusal switch
    {
        Refusal.Unauthenticated => StatusCodes.Status401Unauthorized,
        Refusal.Malformed => StatusCodes.Status400BadRequest,
        Refusal.UnknownEncoding => StatusCodes.Status415UnsupportedMediaType,
        Refusal.UnknownMethod => StatusCodes.Status404NotFound,
        Refusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>For a person who wonders what is missing.</summary>
    public static string Words(Refusal refusal) => refusal switch
    {
        Refusal.Unauthenticated => "key missing or wrong",
        Refusal.Malformed => "malformed",
        Refusal.UnknownEncoding => "unknown encoding",
        Refusal.UnknownMethod => "unknown method",
        Refusal.TooLarge => "too large",
        _ => "queue or disk full",
    };
}
