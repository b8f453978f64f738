using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is known of a resource, or of one of its replicas, at one moment. Each change is published as a new one.</summary>
public sealed record CustomResourceSnapshot
{
    private ImmutableArray<HealthReportSnapshot> _reports = [];

    /// <summary>Kind of the resource, as the dashboard shows it: <c>Project</c>, <c>Container</c>, …</summary>
    public required string ResourceType { get; init; }

    /// <summary>What there is to know beyond the other members: pid, image, path, …</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When it was last started, UTC.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When it ended, UTC; null while it runs.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>The state: usually one of <see cref="KnownResourceStates"/>.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>Exit code, once it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The worst of its health reports, one that is not in yet counting as unhealthy; healthy without any. Null unless it runs.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running ? null : Worst(_reports);

    /// <summary>What its health checks said last, one entry for each check.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports
    {
        get => _reports;
        internal init => _reports = value;
    }

    /// <summary>The handlers of <see cref="ApplicationModel.ResourceReadyEvent"/>, once they have been called.</summary>
    public EventSnapshot<ResourceReadyEvent>? ResourceReadyEvent { get; internal init; }

    /// <summary>The environment variables it was started with.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>Where it can be reached.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>Its mounts.</summary>
    public ImmutableArray<VolumeSnapshot> Volumes { get; init; } = [];

    /// <summary>Its commands, each with its present state.</summary>
    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    /// <summary>Its relationships to other resources.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>True when it is not to be shown among the others.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Name of its icon; null: by its kind.</summary>
    public string? IconName { get; init; }

    /// <summary>Variant of its icon.</summary>
    public IconVariant? IconVariant { get; init; }

    /// <summary>Number of the snapshot: 1 for the first of an id, 1 more for each that follows.</summary>
    internal long Version { get; init; }

    /// <summary>Replaces a property, or adds it.</summary>
    internal CustomResourceSnapshot WithProperty(string name, object? value, bool isSensitive = false)
        => this with { Properties = [.. Properties.Where(p => p.Name != name), new ResourcePropertySnapshot(name, value) { IsSensitive = isSensitive }] };

    private static HealthStatus Worst(ImmutableArray<HealthReportSnapshot> reports)
        => reports.Length == 0
            ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            : reports.Min(r => r.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);
}
