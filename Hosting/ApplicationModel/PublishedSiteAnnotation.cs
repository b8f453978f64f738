using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>The project runs from a folder that it was published to, not from its build.</summary>
/// <param name="Folder">Full path of the folder, which is also the working directory: elsewhere a site does not find its static files.</param>
/// <param name="RuntimeConfig">Full path of its <c>*.runtimeconfig.json</c>.</param>
internal sealed record PublishedSiteAnnotation(string Folder, string RuntimeConfig) : IResourceAnnotation
{
    private const string Suffix = ".runtimeconfig.json";

    /// <summary>Full path of the program, without extension.</summary>
    public string Program => RuntimeConfig[..^Suffix.Length];
}
