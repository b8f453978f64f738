using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Manifest;

namespace Aspire.Hosting.Publishing;

/// <summary>What a resource writes its part of the manifest with.</summary>
/// <param name="executionContext">Run or publish.</param>
/// <param name="manifestPath">Path of the manifest's file; paths in it are relative to its folder.</param>
/// <param name="writer">The writer; it stands inside the resource's object when a callback is called.</param>
/// <param name="cancellationToken">Ends when publishing is given up.</param>
public sealed class ManifestPublishingContext(
    DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>Path of the manifest's file.</summary>
    public string ManifestPath { get; } = manifestPath;

    /// <summary>The writer; it stands inside the resource's object when a callback is called.</summary>
    public Utf8JsonWriter Writer { get; } = writer;

    /// <summary>Ends when publishing is given up.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>What is said of the model when the manifest is written: what it has and the format has not.</summary>
    internal List<string> Warnings { get; } = [];

    /// <summary>The resources that values refer to, in the order they were met.</summary>
    internal ReferencedResources Referenced { get; } = new();

    /// <summary>The values that are to be formatted where they are used.</summary>
    internal AnnotatedStrings Annotated => field ??= new(name => IsTaken(name) || Referenced.All.Any(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Says whether the model has a resource of that name.</summary>
    internal Func<string, bool> IsTaken { get; set; } = static _ => false;

    /// <summary>Gives ports to endpoints that need one and do not say which; shared by all resources of the manifest.</summary>
    internal PortAllocator Ports { get; } = new();

    /// <summary>Makes a path relative to the manifest's folder, with slashes.</summary>
    /// <param name="path">The path; one that is relative starts in the current folder.</param>
    /// <returns>The path; null when <paramref name="path"/> is null.</returns>
    public string? GetManifestRelativePath(string? path)
    {
        if (path is null)
        {
            return null;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(ManifestPath))!;
        return Path.GetRelativePath(folder, path).Replace('\\', '/');
    }

    /// <summary>Writes a container's fields, its type included.</summary>
    /// <param name="container">The container.</param>
    /// <exception cref="DistributedApplicationException">It has no image.</exception>
    public Task WriteContainerAsync(ContainerResource container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return ContainerEntry.WriteAsync(this, container);
    }

    /// <summary>Writes <c>connectionString</c> if the resource has one.</summary>
    /// <param name="resource">The resource.</param>
    public void WriteConnectionString(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ManifestValues.WriteConnectionString(this, resource);
    }

    /// <summary>Writes <c>args</c> if the resource has arguments; its callbacks are run for that.</summary>
    /// <param name="resource">The resource.</param>
    /// <exception cref="DistributedApplicationException">An argument is known only at run time.</exception>
    public Task WriteCommandLineArgumentsAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return ManifestValues.WriteArgumentsAsync(this, resource);
    }

    /// <summary>Writes <c>env</c> if the resource has environment variables; its callbacks are run for that.</summary>
    /// <param name="resource">The resource.</param>
    /// <exception cref="DistributedApplicationException">A variable's value is known only at run time.</exception>
    public Task WriteEnvironmentVariablesAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return ManifestValues.WriteEnvironmentAsync(this, resource);
    }

    /// <summary>Writes <c>bindings</c> if the resource has endpoints.</summary>
    /// <param name="resource">The resource.</param>
    public void WriteBindings(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ManifestBindings.Write(this, resource);
    }

    /// <summary>Notes the resources that a value refers to; those that the model does not have are written at the end of the manifest.</summary>
    /// <param name="value">A resource, its builder, or a value with references; anything else is passed over.</param>
    public void TryAddDependentResources(object? value) => Referenced.Add(value);
}
