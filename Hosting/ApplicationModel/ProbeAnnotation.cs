using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a probe is for.</summary>
[Experimental("ASPIREPROBES001")]
public enum ProbeType
{
    /// <summary>Whether it has started.</summary>
    Startup,

    /// <summary>Whether it can take requests.</summary>
    Readiness,

    /// <summary>Whether it is to be restarted.</summary>
    Liveness,
}

/// <summary>A probe of a resource. It has one of each type.</summary>
[Experimental("ASPIREPROBES001")]
public abstract class ProbeAnnotation : IResourceAnnotation
{
    /// <summary>What it is for.</summary>
    public required ProbeType Type { get; init; }

    /// <summary>Seconds before the first probe; default 5.</summary>
    public int InitialDelaySeconds { get; init; } = 5;

    /// <summary>Seconds between probes; default 5.</summary>
    public int PeriodSeconds { get; init; } = 5;

    /// <summary>Seconds until an answer counts as missing; default 1.</summary>
    public int TimeoutSeconds { get; init; } = 1;

    /// <summary>Failures in a row that count as one; default 3.</summary>
    public int FailureThreshold { get; init; } = 3;

    /// <summary>Successes in a row that count as one; default 1.</summary>
    public int SuccessThreshold { get; init; } = 1;
}

/// <summary>A probe by HTTP.</summary>
[Experimental("ASPIREPROBES001")]
public sealed class EndpointProbeAnnotation : ProbeAnnotation
{
    /// <summary>The endpoint that is asked.</summary>
    public required EndpointReference EndpointReference { get; init; }

    /// <summary>Path and query, beginning with a slash.</summary>
    public required string Path { get; init; }
}
