namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Files and folders that the workers, which may run as another user, can read and search.</summary>
internal static class SharedFiles
{
    private const UnixFileMode Searchable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the folders on the way from a root, the root included.</summary>
    public static void CreateFolders(string root, string relative)
    {
        CreateFolder(root);
        var path = root;
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            CreateFolder(path);
        }
    }

    public static void CreateFolder(string path)
    {
        Directory.CreateDirectory(path);
        SetMode(path, Searchable);
    }

    public static void Copy(string from, string to)
    {
        File.Copy(from, to, overwrite: true);
        SetMode(to, Readable);
    }

    /// <param name="path">The file.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="isPrivate">True: only its owner reads it after all.</param>
    public static void Write(string path, byte[] content, bool isPrivate)
    {
        File.WriteAllBytes(path, content);
        SetMode(path, isPrivate ? Private : Readable);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
