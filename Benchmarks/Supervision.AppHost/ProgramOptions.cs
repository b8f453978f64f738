namespace Supervision.AppHost;

/// <summary>One resource, as the benchmark's command line describes it.</summary>
internal sealed class ProgramOptions
{
    public required string Name { get; init; }

    /// <summary>The executable, or the folder that a site was published to.</summary>
    public required string Path { get; init; }

    public string[] Arguments { get; init; } = [];

    public required int FirstPort { get; init; }

    public required int Replicas { get; init; }

    public required string HealthPath { get; init; }

    public required TimeSpan StopWaitSecs { get; init; }
}
