using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration;

/// <summary>The first snapshot of a resource: what its model says of it.</summary>
internal static class InitialSnapshots
{
    public static CustomResourceSnapshot Of(IResource resource, CustomResourceSnapshot given, DateTime now)
    {
        var (type, properties) = Describe(resource);
        var snapshot = given with
        {
            ResourceType = resource.HasAnnotationOfType<ResourceSnapshotAnnotation>() ? given.ResourceType : type ?? given.ResourceType,
            CreationTimeStamp = given.CreationTimeStamp ?? now,
            State = given.State ?? (type is null && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? null : new ResourceStateSnapshot(KnownResourceStates.NotStarted, null)),
            HealthReports = HealthReports(resource),
            IsHidden = given.IsHidden || resource.HasAnnotationOfType<HiddenAnnotation>(),
        };
        properties = ParentOf(resource) is { } parent ? [.. properties, (KnownProperties.ParentName, (object?)parent.Name)] : properties;
        return properties.Where(p => p.Value is not null && snapshot.Properties.All(q => q.Name != p.Name)).Aggregate(snapshot, (s, p) => s.WithProperty(p.Name, p.Value));
    }

    /// <summary>The resource that one is shown below: the one it lives with, or the one that a relationship names.</summary>
    public static IResource? ParentOf(IResource resource)
        => resource is IResourceWithParent { Parent: var parent }
            ? parent
            : resource.Annotations.OfType<ResourceRelationshipAnnotation>().LastOrDefault(r => r.Type == KnownRelationshipTypes.Parent)?.Resource;

    /// <summary>The keys of a resource's health checks, those of its parents included.</summary>
    public static IEnumerable<string> HealthCheckKeys(IResource resource)
    {
        HashSet<IResource> seen = [];
        for (var at = resource; at is not null && seen.Add(at); at = (at as IResourceWithParent)?.Parent)
        {
            foreach (var check in at.Annotations.OfType<HealthCheckAnnotation>())
            {
                yield return check.Key;
            }
        }
    }

    /// <summary>What a resource runs: project, program or image; null where there is no such thing.</summary>
    public static string? SourceOf(IResource resource) => Describe(resource).Properties.Find(p => p.Name == KnownProperties.Source).Value as string;

    private static ImmutableArray<HealthReportSnapshot> HealthReports(IResource resource)
        => [.. HealthCheckKeys(resource).Distinct(StringComparer.Ordinal).Select(k => new HealthReportSnapshot(k, (HealthStatus?)null, null, null))];

    private static (string? Type, List<(string Name, object? Value)> Properties) Describe(IResource resource) => resource switch
    {
        ProjectResource => (KnownResourceTypes.Project, Project(resource)),
        ContainerResource => (KnownResourceTypes.Container, Container(resource)),
        ExecutableResource executable => (KnownResourceTypes.Executable,
        [
            (KnownProperties.Source, Path.GetFileName(executable.Command)),
            (KnownProperties.ExecutablePath, executable.Command),
            (KnownProperties.ExecutableWorkDir, executable.WorkingDirectory),
        ]),
        _ => (null, []),
    };

    private static List<(string Name, object? Value)> Project(IResource resource)
    {
        var path = resource.Annotations.OfType<IProjectMetadata>().LastOrDefault()?.ProjectPath;
        return
        [
            (KnownProperties.Source, path is null ? null : Path.GetFileNameWithoutExtension(path)),
            (KnownProperties.ProjectPath, path),
            (KnownProperties.ProjectLaunchProfile, resource.Annotations.OfType<LaunchProfileAnnotation>().LastOrDefault()?.LaunchProfileName),
        ];
    }

    private static List<(string Name, object? Value)> Container(IResource resource)
    {
        var image = resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() is { } found
            ? $"{(found.Registry is null ? "" : $"{found.Registry}/")}{found.Image}{(found.SHA256 is null ? found.Tag is null ? "" : $":{found.Tag}" : $"@sha256:{found.SHA256}")}"
            : null;
        return [(KnownProperties.Source, image), (KnownProperties.ContainerImage, image)];
    }
}
