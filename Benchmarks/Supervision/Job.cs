namespace Supervision;

/// <summary>What a supervisor is given to run.</summary>
internal sealed record Job
{
    /// <summary>Where the supervisor keeps its files for this job.</summary>
    public required string Folder { get; init; }

    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>Time between the stop signal and KILL, seconds.</summary>
    public int Grace { get; init; } = 10;

    /// <summary>True: Stack runs as on a desk, where children must not outlive it; the others have no such mode.</summary>
    public bool Development { get; init; }

    public IReadOnlyList<int> Ports => [.. Workloads.SelectMany(w => w.Ports)];
}

/// <summary>One program in so many replicas on ports in a row.</summary>
internal sealed record Workload(string Name, int Replicas)
{
    public int FirstPort { get; init; }

    /// <summary>Arguments of the tiny program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>True: the published site in place of the tiny program.</summary>
    public bool IsSite { get; init; }

    public string HealthPath => IsSite ? "/health" : "/";

    public IReadOnlyList<int> Ports => [.. Enumerable.Range(FirstPort, Replicas)];
}
