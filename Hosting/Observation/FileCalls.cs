using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stack.Hosting.Observation;

/// <summary>The system calls on files that .NET has no door to. Where they are missing, a file has no identity and its head can't be taken away.</summary>
internal static partial class FileCalls
{
    private const int KeepSize = 1; // FALLOC_FL_KEEP_SIZE
    private const int PunchHole = 2; // FALLOC_FL_PUNCH_HOLE
    private const int CollapseRange = 8; // FALLOC_FL_COLLAPSE_RANGE
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED
    private const int Interrupted = 4; // EINTR
    private const int InvalidArgument = 22; // EINVAL
    private const int NoSystemCall = 38; // ENOSYS
    private const int NotSupported = 95; // EOPNOTSUPP

    private const int AtFdCwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const uint BasicAndBirth = 0xfff;
    private const int StatxSize = 256;
    private const int BlockSizeOffset = 4;
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int BirthSecondsOffset = 80;
    private const int BirthNanosecondsOffset = 88;
    private const int OtherBlockSize = 4096;

    /// <summary>Size and identity of a file; null when it is not there.</summary>
    public static FileState? Stat(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileState(default, file.Length, OtherBlockSize) : null;
        }

        return Statx(AtFdCwd, path, 0);
    }

    public static FileState Stat(SafeFileHandle file)
        => OperatingSystem.IsLinux() && Statx((int)file.DangerousGetHandle(), "", AtEmptyPath) is { } state
            ? state
            : new FileState(default, RandomAccess.GetLength(file), OtherBlockSize);

    /// <summary>Removes whole blocks from the beginning of a file: what follows moves down. False: the file system can't.</summary>
    /// <exception cref="IOException">It can, but failed.</exception>
    public static bool TryCollapse(SafeFileHandle file, long length) => TryAllocate(file, CollapseRange, 0, length);

    /// <summary>Gives the blocks of a part of a file back; what follows stays where it is. False: the file system can't.</summary>
    /// <exception cref="IOException">It can, but failed.</exception>
    public static bool TryPunch(SafeFileHandle file, long start, long length) => TryAllocate(file, PunchHole | KeepSize, start, length);

    /// <summary>What is in memory of a file that was flushed is not needed there.</summary>
    public static void LeaveMemory(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = FileAdvise(file, 0, 0, DontNeed);   // advice only: nothing depends on it
        }
    }

    private static bool TryAllocate(SafeFileHandle file, int mode, long start, long length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        while (FileAllocate(file, mode, start, length) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    continue;
                case InvalidArgument or NoSystemCall or NotSupported:
                    return false;
                case var error:
                    throw new IOException($"fallocate: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        return true;
    }

    private static FileState? Statx(int directory, string path, int flags)
    {
        // statx has the same layout on every architecture, which stat has not.
        Span<byte> buffer = stackalloc byte[StatxSize];
        if (Statx(directory, path, flags, BasicAndBirth, ref MemoryMarshal.GetReference(buffer)) != 0)
        {
            return null;
        }

        var identity = new FileIdentity(
            MemoryMarshal.Read<ulong>(buffer[InodeOffset..]),
            (MemoryMarshal.Read<long>(buffer[BirthSecondsOffset..]) * 1_000_000_000) + MemoryMarshal.Read<uint>(buffer[BirthNanosecondsOffset..]));
        return new FileState(identity, MemoryMarshal.Read<long>(buffer[SizeOffset..]), MemoryMarshal.Read<int>(buffer[BlockSizeOffset..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileAdvise(SafeFileHandle file, long start, long length, int advice);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileAllocate(SafeFileHandle file, int mode, long start, long length);
}

/// <summary>Which file it is, whatever its name: number and time of birth (the number alone is given again). Both 0 where the system tells neither.</summary>
internal readonly record struct FileIdentity(ulong Inode, long Born);

/// <summary>A file at one moment.</summary>
internal readonly record struct FileState(FileIdentity Identity, long Size, int BlockSize);
