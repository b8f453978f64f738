namespace Gateway;

/// <summary>One measurement.</summary>
internal sealed record Sample
{
    public required string Load { get; init; }

    public required int Replicas { get; init; }

    public required string Proxy { get; init; }

    public required double RequestsPerSecond { get; init; }

    /// <summary>Latency, ms.</summary>
    public required double P50 { get; init; }

    /// <summary>Latency, ms.</summary>
    public required double P99 { get; init; }

    /// <summary>CPU time of the proxy for a request, µs.</summary>
    public required double ProxyCpu { get; init; }

    /// <summary>CPU time of all replicas for a request, µs.</summary>
    public required double SiteCpu { get; init; }

    /// <summary>CPU time of wrk for a request, µs.</summary>
    public required double LoadCpu { get; init; }

    /// <summary>How often a thread of the site went to sleep, for a request.</summary>
    public required double SiteSleeps { get; init; }

    /// <summary>Connections that the replicas took, for a thousand requests.</summary>
    public required double NewConnections { get; init; }

    /// <summary>Requests that got no answer, or not 2xx.</summary>
    public required double Failed { get; init; }
}
