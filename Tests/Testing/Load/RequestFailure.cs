namespace Testing.Load;

/// <summary>How a request failed.</summary>
public enum FailureKind
{
    /// <summary>No connection was to be had.</summary>
    NoConnection,

    /// <summary>The connection ended before the first byte of the answer.</summary>
    ClosedBeforeAnswer,

    /// <summary>The connection ended in the middle of the answer.</summary>
    ClosedWithinAnswer,

    /// <summary>It was no HTTP/1.1.</summary>
    Malformed,

    /// <summary>A status that is not 2xx.</summary>
    Status,

    /// <summary>The answer to something else.</summary>
    WrongAnswer,

    /// <summary>No complete answer in time.</summary>
    Timeout,
}

/// <summary>A request that got no complete, valid answer.</summary>
/// <param name="At">Time since the client's start.</param>
/// <param name="After">What the test noted last before it.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Id">Its id.</param>
/// <param name="Kind">How it failed.</param>
/// <param name="What">The same in words.</param>
/// <param name="Waited">How long after it was sent.</param>
/// <param name="ConnectionAge">Age of its connection.</param>
/// <param name="RequestsBefore">Requests that this connection had carried before.</param>
public sealed record RequestFailure(
    TimeSpan At, string After, string Method, string Id, FailureKind Kind, string What, TimeSpan Waited, TimeSpan ConnectionAge, int RequestsBefore)
{
    public override string ToString() =>
        $"{At.TotalSeconds:0.000} s (after: {After}) {Method} {Id}: {Kind}, {What}, {Waited.TotalMilliseconds:0} ms after it was sent; connection {ConnectionAge.TotalSeconds:0.0} s old, {RequestsBefore} requests before";
}

/// <summary>Ends a request with its reason.</summary>
internal sealed class RequestFailedException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;
}
