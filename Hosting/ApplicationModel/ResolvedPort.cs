namespace Aspire.Hosting.ApplicationModel;

/// <summary>A port of an endpoint in what is published, and where it comes from.</summary>
public readonly record struct ResolvedPort
{
    /// <summary>The port; null: what runs the published files decides.</summary>
    public int? Value { get; init; }

    /// <summary>True when the port was chosen because the endpoint says none.</summary>
    public bool IsAllocated { get; init; }

    /// <summary>True when the port follows from the endpoint's other port.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>The port itself.</summary>
    /// <param name="resolvedPort">The port.</param>
    public static implicit operator int?(ResolvedPort resolvedPort) => resolvedPort.Value;

    /// <summary>A port that the endpoint says.</summary>
    /// <param name="port">The port.</param>
    public static ResolvedPort Explicit(int port) => new() { Value = port };

    /// <summary>A port that was chosen.</summary>
    /// <param name="port">The port.</param>
    public static ResolvedPort Allocated(int port) => new() { Value = port, IsAllocated = true };

    /// <summary>A port that follows from the endpoint's other port.</summary>
    /// <param name="port">The port.</param>
    public static ResolvedPort Implicit(int port) => new() { Value = port, IsImplicit = true };

    /// <summary>No port.</summary>
    public static ResolvedPort None() => default;
}
