namespace Stack.Dashboard.Storage;

/// <summary>What is left free where the data folder is.</summary>
internal static class Volume
{
    /// <summary>So little that nothing can be done with it: SQLite needs some pages of -wal and -shm for anything.</summary>
    public const long Nothing = 1 << 20;

    /// <summary>Null when the system does not tell.</summary>
    public static long? FreeBytes(string directory) => Ask(directory, drive => drive.AvailableFreeSpace);

    /// <summary>Of the volume that the folder is on, or will be on. Null when the system does not tell.</summary>
    public static long? TotalBytes(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { Length: > 0 } parent)
        {
            existing = parent;
        }

        return Ask(existing, drive => drive.TotalSize);
    }

    private static long? Ask(string directory, Func<DriveInfo, long> ask)
    {
        try
        {
            return ask(new DriveInfo(directory));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
