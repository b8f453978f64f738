namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Finds nginx executables: on PATH, then in the folders where systems put it that a user's PATH often lacks.</summary>
internal static class ExecutableSearch
{
    private static readonly string[] SystemFolders =
        ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/nginx/sbin", "/opt/nginx/sbin", "/opt/homebrew/bin", "/usr/local/bin"];

    /// <summary>All candidates, in the order in which they are to be tried.</summary>
    /// <param name="path">The PATH variable; null when unset.</param>
    /// <param name="isExecutable">Whether there is such a file that may be executed.</param>
    public static IEnumerable<string> Candidates(string? path, Func<string, bool> isExecutable)
    {
        var name = OperatingSystem.IsWindows() ? "nginx.exe" : "nginx";
        IEnumerable<string> fromPath = path?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return fromPath
            .Concat(OperatingSystem.IsWindows() ? [] : SystemFolders)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .Distinct(StringComparer.Ordinal)
            .Where(isExecutable);
    }

    /// <summary>True for a file, or a link to one, that somebody may execute.</summary>
    public static bool IsExecutable(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            return OperatingSystem.IsWindows() || (File.GetUnixFileMode(target) & execute) != UnixFileMode.None;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
