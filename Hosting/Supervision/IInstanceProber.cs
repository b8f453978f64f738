namespace Stack.Hosting.Supervision;

/// <summary>Asks one replica whether it is well.</summary>
internal interface IInstanceProber
{
    /// <summary>Never throws but for cancellation: what went wrong is in the result.</summary>
    Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken);
}

/// <summary>Answer of one probe.</summary>
/// <param name="IsSuccess">It answered as declared.</param>
/// <param name="Text">What it answered, in words that follow the name of the check: "answered 503 instead of 200".</param>
internal readonly record struct ProbeResult(bool IsSuccess, string Text);
