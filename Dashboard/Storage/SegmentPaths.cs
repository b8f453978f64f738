namespace Stack.Dashboard.Storage;

/// <summary>A segment as files: the database with its -wal and -shm.</summary>
internal static class SegmentPaths
{
    private static readonly string[] Suffixes = ["", "-wal", "-shm"];

    public static long Bytes(string path)
    {
        var bytes = 0L;
        foreach (var suffix in Suffixes)
        {
            var file = new FileInfo(path + suffix);
            bytes += file.Exists ? file.Length : 0;
        }

        return bytes;
    }

    public static void Delete(string path)
    {
        foreach (var suffix in Suffixes)
        {
            File.Delete(path + suffix);
        }
    }

    /// <summary>Puts a file that cannot be read out of the way, for a person to look at. Answers its new name.</summary>
    public static string SetAside(string path)
    {
        var bad = path + ".bad";
        for (var i = 2; File.Exists(bad); i++)
        {
            bad = $"{path}.{i}.bad";
        }

        foreach (var suffix in Suffixes)
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, bad + suffix);
            }
        }

        return bad;
    }
}
