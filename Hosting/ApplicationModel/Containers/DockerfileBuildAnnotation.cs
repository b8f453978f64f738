namespace Aspire.Hosting.ApplicationModel;

/// <summary>The Dockerfile that the image of the container is built from.</summary>
/// <param name="contextPath">Absolute path of the folder that the build may copy from.</param>
/// <param name="dockerfilePath">Absolute path of the Dockerfile.</param>
/// <param name="stage">The stage to build; null: the last.</param>
public class DockerfileBuildAnnotation(string contextPath, string dockerfilePath, string? stage) : IResourceAnnotation
{
    /// <summary>Absolute path of the folder that the build may copy from.</summary>
    public string ContextPath { get; } = contextPath;

    /// <summary>Absolute path of the Dockerfile.</summary>
    public string DockerfilePath { get; } = dockerfilePath;

    /// <summary>The stage to build; null: the last.</summary>
    public string? Stage { get; } = stage;

    /// <summary>Build arguments: texts, or values that are evaluated at the build. Null: the engine takes it from its environment.</summary>
    public Dictionary<string, object?> BuildArguments { get; } = new(StringComparer.Ordinal);

    /// <summary>Build secrets: values that are evaluated at the build and are not kept in the image.</summary>
    public Dictionary<string, object> BuildSecrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Name given to the image that is built.</summary>
    public string? ImageName { get; set; }

    /// <summary>Tag given to the image that is built.</summary>
    public string? ImageTag { get; set; }

    /// <summary>True when the image has an entrypoint; false: it is only a source of files.</summary>
    public bool HasEntrypoint { get; set; } = true;
}
