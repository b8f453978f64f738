using System.Runtime.InteropServices;

namespace Stack.Dashboard.Storage;

/// <summary>
/// Keeps SQLite's memory together. glibc gives each busy thread an arena of its own, and what queries free stays in it: up to 30 MB for each of
/// eight threads for each core, with caches of 8 MB that come and go. One arena is enough for the few threads here that ask for native memory.
/// </summary>
internal static partial class NativeMemory
{
    // M_ARENA_MAX of malloc.h.
    private const int ArenaMax = -8;

    /// <summary>Before other threads ask for memory: an arena that there is stays. Nothing happens with another C library.</summary>
    public static void UseOneArena()
    {
        try
        {
            _ = SetMallocOption(ArenaMax, 1);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // musl and Windows have no arenas.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMallocOption(int option, int value);
}
