using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Injection;

namespace Stack.Hosting.Building;

/// <summary>Notes with a project that a run gives it ServiceDefaults which it will not have where it is published to.</summary>
internal static class NoDefaultsWhenPublished
{
    public static void Note(ProjectResource project)
    {
        var asked = ServiceDefaultsAnnotation.Of(project);
        var isSo = asked == true || (Program(project) is { } program && InjectionPolicy.Decide(asked, SiteFacts.Read(program)).IsInjected);
        if (isSo)
        {
            project.Annotations.Add(new PublishWarningAnnotation(
                $"Project '{project.Name}' does not reference ServiceDefaults. The AppHost adds them while it runs; what is published has none: no telemetry, and no keys in common with its other replicas. "
                + "Reference them in the project (docs/any-site.md), or end this warning with WithServiceDefaults(inject: false)."));
        }
    }

    // What was built with the AppHost, or published; of other projects nothing is known yet.
    private static string? Program(ProjectResource project)
        => project.TryGetLastAnnotation<PublishedSiteAnnotation>(out var published) ? published.Program
            : project.TryGetLastAnnotation<IProjectMetadata>(out var metadata) && metadata is IProjectOutput built ? built.TargetPath : null;
}
