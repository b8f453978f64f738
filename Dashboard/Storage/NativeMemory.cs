using System.Runtime.InteropServices;

namespace Stack.Dashboard.Storage;

/// <summary>
/// Gives back what SQLite has freed. glibc gives each busy thread an arena of its own and keeps what is freed in it: with caches of 8 MB that come and go
/// with the segments that queries open, that was 20 to 30 MB in each of eight arenas after some minutes.
/// </summary>
internal static partial class NativeMemory
{
    private static bool _isOffered = true;

    /// <summary>Takes a few milliseconds, now and then. Nothing happens with another C library.</summary>
    public static void GiveBack()
    {
        if (!_isOffered)
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl and Windows have no arenas.
            _isOffered = false;
        }
    }

    /// <param name="kept">Bytes to keep at the end of the first arena.</param>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint kept);
}
