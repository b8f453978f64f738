using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes a project.</summary>
internal static class ProjectEntry
{
    public static async Task WriteAsync(ManifestPublishingContext context, ProjectResource project)
    {
        if (!project.TryGetLastAnnotation<IProjectMetadata>(out var metadata))
        {
            throw new DistributedApplicationException($"Project '{project.Name}' does not say where its project file is, so it can't be published. Add it with AddProject, or leave it out with ExcludeFromManifest.");
        }

        context.Warnings.AddRange(project.Annotations.OfType<PublishWarningAnnotation>().Select(w => w.Text));
        var deployment = project.GetDeploymentTargetAnnotation();
        context.Writer.WriteString("type", deployment is null ? "project.v0" : "project.v1");
        context.Writer.WriteString("path", context.GetManifestRelativePath(metadata.ProjectPath));
        await SharedFields.WriteDeploymentAsync(context, deployment).ConfigureAwait(false);
        SharedFields.WriteContainerFiles(context, project);
        await context.WriteCommandLineArgumentsAsync(project).ConfigureAwait(false);
        await context.WriteEnvironmentVariablesAsync(project).ConfigureAwait(false);
        context.WriteBindings(project);
    }
}
