namespace Aspire.Hosting.ApplicationModel;

/// <summary>Reads what the model knows of projects.</summary>
public static class ProjectResourceExtensions
{
    /// <summary>The projects of the model.</summary>
    /// <param name="model">The model.</param>
    public static IEnumerable<ProjectResource> GetProjectResources(this DistributedApplicationModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Resources.OfType<ProjectResource>();
    }

    /// <summary>Where the project is.</summary>
    /// <param name="projectResource">The project.</param>
    /// <exception cref="InvalidOperationException">The resource was made without that.</exception>
    public static IProjectMetadata GetProjectMetadata(this ProjectResource projectResource)
    {
        ArgumentNullException.ThrowIfNull(projectResource);
        return projectResource.TryGetLastAnnotation<IProjectMetadata>(out var metadata)
            ? metadata
            : throw new InvalidOperationException($"The project resource '{projectResource.Name}' does not say where its project is. Add it with AddProject, or give it an annotation that implements IProjectMetadata.");
    }
}
