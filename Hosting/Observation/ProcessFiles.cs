using System.Buffers.Text;
using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Stack.Hosting.Observation;

/// <summary>Reads from /proc what processes use, without a string for each number in it.</summary>
/// <param name="root">Where the kernel's process files are.</param>
internal sealed partial class ProcessFiles(string root = "/proc")
{
    // Fields of /proc/<pid>/stat behind the name, which is the second.
    private const int Session = 6 - 3;
    private const int UserTicks = 14 - 3;
    private const int KernelTicks = 15 - 3;
    private const int StartTicks = 22 - 3;
    private const int ResidentPages = 24 - 3;

    private const int AtFdCwd = -100;
    private const uint StatxSize = 0x200;
    private const int SizeOffset = 40;

    private static readonly EnumerationOptions Plain = new() { RecurseSubdirectories = false, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    // The name takes 16 bytes at most, the 51 numbers about 300.
    private readonly byte[] _block = new byte[2048];

    /// <summary>The processes that can be seen.</summary>
    public IEnumerable<int> Pids() => new FileSystemEnumerable<int>(root, static (ref entry) => Number(entry.FileName), Plain)
    {
        ShouldIncludePredicate = static (ref entry) => Number(entry.FileName) > 0,
    };

    /// <summary>What one process uses; null when it has gone.</summary>
    public ProcessUse? Read(int pid)
    {
        int length;
        try
        {
            using var file = File.OpenHandle($"{root}/{pid}/stat", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            length = RandomAccess.Read(file, _block, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // pid (name) state …; the name may hold anything, also ')'.
        var line = _block.AsSpan(0, length);
        var fields = line[(line.LastIndexOf((byte)')') + 2)..];
        var use = new ProcessUse { Pid = pid };
        var index = 0;
        foreach (var range in fields.Split((byte)' '))
        {
            if (index is Session or UserTicks or KernelTicks or StartTicks or ResidentPages && Utf8Parser.TryParse(fields[range], out long number, out _))
            {
                use = With(use, index, number);
            }

            if (index++ == ResidentPages)
            {
                return use;
            }
        }

        return null;
    }

    /// <summary>Resident bytes of one process, pages that it shares with others divided among them; null where it can't be read.</summary>
    public long? Pss(int pid)
    {
        try
        {
            using var file = File.OpenHandle($"{root}/{pid}/smaps_rollup", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var text = _block.AsSpan(0, RandomAccess.Read(file, _block, 0));

            // Pss:               41234 kB
            return text.IndexOf("\nPss:"u8) is >= 0 and var at && Utf8Parser.TryParse(text[(at + 5)..].TrimStart((byte)' '), out long kilobytes, out _) ? kilobytes * 1024 : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Open file descriptors; null where they can't be counted.</summary>
    public int? Descriptors(int pid)
    {
        var folder = $"{root}/{pid}/fd";
        if (root == "/proc" && CountBySize(folder) is > 0 and var count)
        {
            return count;
        }

        try
        {
            return new FileSystemEnumerable<bool>(folder, static (ref _) => true, Plain).Count();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Since Linux 6.2 the size of the folder is the number of descriptors; before, it is 0.</summary>
    private static int CountBySize(string folder)
    {
        Span<byte> buffer = stackalloc byte[256];
        return Statx(AtFdCwd, folder, 0, StatxSize, ref MemoryMarshal.GetReference(buffer)) == 0 ? (int)MemoryMarshal.Read<long>(buffer[SizeOffset..]) : 0;
    }

    private static ProcessUse With(ProcessUse use, int field, long number) => field switch
    {
        Session => use with { Session = (int)number },
        UserTicks or KernelTicks => use with { Ticks = use.Ticks + number },
        StartTicks => use with { StartTicks = number },
        _ => use with { Rss = number * Environment.SystemPageSize },
    };

    private static int Number(ReadOnlySpan<char> name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte buffer);
}

/// <summary>What one process has used so far, and what it holds.</summary>
internal readonly record struct ProcessUse
{
    /// <summary>The kernel counts in hundredths of a second towards programs, on every Linux.</summary>
    public const double TicksPerSecond = 100;

    public required int Pid { get; init; }

    /// <summary>The process that leads its session.</summary>
    public int Session { get; init; }

    /// <summary>Time on a processor since its start.</summary>
    public long Ticks { get; init; }

    /// <summary>When it started, since the boot: tells it from another one that got its number.</summary>
    public long StartTicks { get; init; }

    /// <summary>Resident bytes.</summary>
    public long Rss { get; init; }
}
