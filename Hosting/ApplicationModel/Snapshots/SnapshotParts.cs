using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The handlers of an event that were called.</summary>
/// <typeparam name="T">Type of the event.</typeparam>
/// <param name="EventTask">Completes when all of them have.</param>
public record EventSnapshot<T>(Task EventTask)
    where T : Eventing.IDistributedApplicationEvent;

/// <summary>An environment variable of a resource.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsFromSpec">True when the model sets it, false when it is inherited.</param>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);

/// <summary>A URL of a resource.</summary>
/// <param name="Name">Name of its endpoint; null: it belongs to none.</param>
/// <param name="Url">The URL.</param>
/// <param name="IsInternal">True when it is shown among the details only.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    /// <summary>True as long as nothing answers there.</summary>
    public bool IsInactive { get; init; }

    /// <summary>How it is shown.</summary>
    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();
}

/// <summary>How a URL is shown.</summary>
/// <param name="DisplayName">Text in place of the URL; empty: the URL.</param>
/// <param name="SortOrder">Higher ones come first.</param>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);

/// <summary>A mount of a container.</summary>
/// <param name="Source">Volume, or folder of this machine; null: an anonymous volume.</param>
/// <param name="Target">Path in the container.</param>
/// <param name="MountType"><c>bind</c> or <c>volume</c>.</param>
/// <param name="IsReadOnly">True when the container can't write to it.</param>
public sealed record VolumeSnapshot(string? Source, string Target, string MountType, bool IsReadOnly);

/// <summary>A relationship to another resource.</summary>
/// <param name="ResourceName">The other resource.</param>
/// <param name="Type"><c>Reference</c>, <c>WaitFor</c>, <c>Parent</c>, …</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>A property of a resource.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value: a text, a number, or a list of them.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>True when the value is to be masked.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>What one health check said last.</summary>
/// <param name="Name">Key of the check.</param>
/// <param name="Status">The result; null: there is none yet.</param>
/// <param name="Description">The result in words.</param>
/// <param name="ExceptionText">The exception, if the check threw one.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText);
