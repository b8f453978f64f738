namespace Stack.Hosting.Publishing.Plans;

/// <summary>The sources of what is published. An output names them from the root on: where that is differs from one machine to the next.</summary>
/// <param name="Root">The folder that has all of them in it, on this machine.</param>
internal sealed record PublishSources(string Root)
{
    /// <summary>The deepest folder that has the AppHost and all projects in it.</summary>
    public static PublishSources Of(string appHost, IEnumerable<string?> projects)
    {
        var root = Path.GetFullPath(appHost);
        foreach (var project in projects.OfType<string>())
        {
            while (!IsBelow(project, root))
            {
                root = Path.GetDirectoryName(root)!;
            }
        }

        return new PublishSources(root);
    }

    /// <summary>A file or folder from the root on, with slashes.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>True for what is in the root, or below it.</summary>
    public bool Has(string path) => path == Root || IsBelow(path, Root);

    private static bool IsBelow(string path, string folder)
        => Path.GetDirectoryName(folder) is null || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
