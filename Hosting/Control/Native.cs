using System.Runtime.InteropServices;

namespace Stack.Hosting.Control;

/// <summary>The few system calls that .NET has no door to: who we are, and who owns a file.</summary>
/// <remarks>The layouts of <c>struct group</c> and <c>statx</c> are the same on every 64-bit Linux.</remarks>
internal static partial class Native
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxBasic = 0x7ff;
    private const int StatxSize = 256;
    private const int UidOffset = 20;
    private const int GidOffset = 24;
    private const int ModeOffset = 28;
    private const int GroupIdOffset = 16;

    /// <summary>Effective user id of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint GetEffectiveUserId();

    /// <summary>Effective group id of this process.</summary>
    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint GetEffectiveGroupId();

    /// <summary>The further groups of this process.</summary>
    public static uint[] Groups()
    {
        var groups = new uint[Math.Max(0, GetGroups(0, ref MemoryMarshal.GetReference(Span<uint>.Empty)))];
        return groups.Length > 0 && GetGroups(groups.Length, ref groups[0]) >= 0 ? groups : [];
    }

    /// <summary>Id of a group; null when there is none of that name.</summary>
    public static uint? FindGroup(string name)
    {
        // Not thread-safe, as its result lies in static memory; it is called once, at the start.
        var group = GetGroupByName(name);
        return group == 0 ? null : (uint)Marshal.ReadInt32(group, GroupIdOffset);
    }

    /// <summary>Gives a file to a group; its owner stays.</summary>
    /// <exception cref="IOException">It can't be given.</exception>
    public static void SetGroup(string path, uint group)
    {
        if (ChangeOwner(path, uint.MaxValue, group) != 0)
        {
            throw new IOException($"'{path}' can't be given to the group with id {group}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    /// <summary>Owner and mode of a file, without following a symbolic link at its end; null when it is not there. Linux only.</summary>
    public static FileOwner? Stat(string path)
    {
        // statx has the same layout on every architecture, which stat has not.
        Span<byte> buffer = stackalloc byte[StatxSize];
        if (Statx(AtFdCwd, path, AtSymlinkNoFollow, StatxBasic, ref MemoryMarshal.GetReference(buffer)) != 0)
        {
            return null;
        }

        return new FileOwner(MemoryMarshal.Read<uint>(buffer[UidOffset..]), MemoryMarshal.Read<uint>(buffer[GidOffset..]), MemoryMarshal.Read<ushort>(buffer[ModeOffset..]));
    }

    [LibraryImport("libc", EntryPoint = "getgroups")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetGroups(int size, ref uint groups);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint GetGroupByName(string name);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);
}

/// <summary>Who owns a file, and its type and permission bits.</summary>
internal readonly record struct FileOwner(uint Uid, uint Gid, int Mode)
{
    private const int TypeMask = 0xF000;
    private const int Directory = 0x4000;
    private const int StickyBit = 0x200;
    private const int OthersWrite = 0x12;

    public bool IsDirectory => (Mode & TypeMask) == Directory;

    /// <summary>True when people other than the owner can put things in, or take things out that are not theirs.</summary>
    public bool IsOpenToOthers => (Mode & OthersWrite) != 0 && (Mode & StickyBit) == 0;

    /// <summary>True when anybody but the owner has any right.</summary>
    public bool IsSharedWithOthers => (Mode & 0x3F) != 0;
}
