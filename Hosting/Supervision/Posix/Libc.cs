using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>The functions and numbers of Linux' C library that launching needs.</summary>
internal static partial class Libc
{
    public const int PermissionDenied = 1; // EPERM
    public const int NoEntry = 2; // ENOENT
    public const int NoProcess = 3; // ESRCH
    public const int Interrupted = 4; // EINTR
    public const int NoExecFormat = 8; // ENOEXEC
    public const int BadDescriptor = 9; // EBADF
    public const int TryAgain = 11; // EAGAIN
    public const int NoMemory = 12; // ENOMEM
    public const int NoAccess = 13; // EACCES
    public const int NotADirectory = 20; // ENOTDIR
    public const int IsADirectory = 21; // EISDIR
    public const int InvalidArgument = 22; // EINVAL
    public const int TooManyFilesInSystem = 23; // ENFILE
    public const int TooManyFiles = 24; // EMFILE

    public const int ExecuteAccess = 1; // X_OK
    public const int ReadAccess = 4; // R_OK
    public const int WriteAccess = 2; // W_OK
    public const int CurrentFolder = -100; // AT_FDCWD
    public const int EffectiveAccess = 0x200; // AT_EACCESS

    public const int GetDumpable = 3; // PR_GET_DUMPABLE
    public const int SetDumpable = 4; // PR_SET_DUMPABLE
    public const int GetSubreaper = 37; // PR_GET_CHILD_SUBREAPER
    public const int ShareFileSystem = 0x200; // CLONE_FS

    public const int OpenWriteOnly = 1;
    public const int OpenCreate = 0x40;
    public const int OpenNoTerminal = 0x100;
    public const int OpenAppend = 0x400;
    public const int OpenCloseOnExec = 0x80000;

    public const short SpawnSetSignalDefaults = 0x04;
    public const short SpawnSetSignalMask = 0x08;
    public const short SpawnSetSession = 0x80;

    public const int WaitByPid = 1; // P_PID
    public const int WaitByPidFd = 3; // P_PIDFD
    public const int WaitNoHang = 1;
    public const int WaitExited = 4;
    public const int WaitLeaveZombie = 0x01000000; // WNOWAIT
    public const int ChildExited = 1; // CLD_EXITED
    public const int ChildKilled = 2; // CLD_KILLED
    public const int ChildDumped = 3; // CLD_DUMPED

    public const int SignalChild = 17;

    public const int EpollCloseOnExec = 0x80000;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const uint EpollIn = 1;

    private const string Library = "libc";
    private const nint PidFdSendSignalNumber = 424;
    private const nint PidFdOpenNumber = 434;
    private const nint GetThreadIdNumberX64 = 186;
    private const nint GetThreadIdNumber = 178;
    private const nint FileAccessNumber = 439; // faccessat2
    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>A descriptor of the process, closed on exec; -1: see errno.</summary>
    public static int PidFdOpen(int pid) => (int)SystemCall(PidFdOpenNumber, pid, 0, 0, 0);

    public static int PidFdSendSignal(int descriptor, int signal) => (int)SystemCall(PidFdSendSignalNumber, descriptor, signal, 0, 0);

    public static int CurrentThreadId() => (int)SystemCall(IsX64 ? GetThreadIdNumberX64 : GetThreadIdNumber, 0, 0, 0, 0);

    /// <summary>Of the calling thread alone; -1: see errno.</summary>
    public static unsafe int SetThreadGroups(int count, uint* groups) => (int)SystemCall(IsX64 ? 116 : 159, count, (nint)groups, 0, 0);

    /// <summary>Of the calling thread alone: the group that the kernel judges its use of files by.</summary>
    public static void SetThreadFileGroup(uint group) => _ = SystemCall(IsX64 ? 123 : 152, (nint)group, 0, 0, 0);

    /// <summary>Of the calling thread alone: the user that the kernel judges its use of files by.</summary>
    public static void SetThreadFileUser(uint user) => _ = SystemCall(IsX64 ? 122 : 151, (nint)user, 0, 0, 0);

    /// <summary>Whether the calling thread may use the file, by the rights it has now: zero, or -1 and errno.</summary>
    public static unsafe int AccessNow(string path, int mode)
    {
        fixed (byte* bytes = System.Text.Encoding.UTF8.GetBytes($"{path}\0"))
        {
            return (int)SystemCall(FileAccessNumber, CurrentFolder, (nint)bytes, mode, EffectiveAccess);
        }
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(Library, EntryPoint = "getegid")]
    public static partial uint EffectiveGroup();

    /// <summary>Returns an error number; finds zero where there is none.</summary>
    [LibraryImport(Library, EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int FindUser(string name, byte* entry, byte* buffer, nint size, out nint found);

    [LibraryImport(Library, EntryPoint = "getpwuid_r")]
    public static unsafe partial int FindUser(uint id, byte* entry, byte* buffer, nint size, out nint found);

    [LibraryImport(Library, EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int FindGroup(string name, byte* entry, byte* buffer, nint size, out nint found);

    [LibraryImport(Library, EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int GroupsOf(string name, uint primary, uint* groups, int* count);

    /// <summary>The soft limit and the hard one.</summary>
    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static unsafe partial int GetLimit(int resource, ulong* limits);

    [LibraryImport(Library, EntryPoint = "umask")]
    public static partial int Umask(int mask);

    [LibraryImport(Library, EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport(Library, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int ProcessControl(int option, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    public static unsafe partial int WaitId(int idType, int id, byte* info, int options);

    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    public static unsafe partial int SignalAction(int signal, byte* action, byte* oldAction);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int EpollControl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int EpollWait(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Spawn(out int pid, string path, byte* fileActions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static unsafe partial int SpawnAttributesInit(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static unsafe partial int SpawnAttributesDestroy(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static unsafe partial int SpawnAttributesSetFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static unsafe partial int SpawnAttributesSetSignalDefaults(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static unsafe partial int SpawnAttributesSetSignalMask(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static unsafe partial int FileActionsInit(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static unsafe partial int FileActionsDestroy(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int FileActionsAddOpen(byte* actions, int descriptor, string path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static unsafe partial int FileActionsAddDuplicate(byte* actions, int descriptor, int asDescriptor);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int FileActionsAddChangeDirectory(byte* actions, string path);

    [LibraryImport(Library, EntryPoint = CloseFromSymbol)]
    public static unsafe partial int FileActionsAddCloseFrom(byte* actions, int first);

    /// <summary>The newest of the functions that are needed (glibc 2.34).</summary>
    public const string CloseFromSymbol = "posix_spawn_file_actions_addclosefrom_np";

    public static bool HasCloseFrom => NativeLibrary.TryLoad(Library, typeof(Libc).Assembly, null, out var library) && NativeLibrary.TryGetExport(library, CloseFromSymbol, out _);
}
