namespace Stack.Dashboard.Storage;

/// <summary>What is left free where the data folder is.</summary>
internal static class Volume
{
    /// <summary>So little that nothing can be done with it: SQLite needs some pages of -wal and -shm for anything.</summary>
    public const long Nothing = 1 << 20;

    /// <summary>Null when the system does not tell.</summary>
    public static long? FreeBytes(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
