using System.Globalization;
using System.Text;

namespace Stack.Hosting.Supervision;

/// <summary>Reads the kernel's process table in /proc.</summary>
internal static class ProcessTable
{
    /// <summary>All processes that can be seen.</summary>
    public static IEnumerable<ProcessEntry> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Find(pid) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Members of a group that still run. Zombies don't count: they hold nothing, and who reaps them is not always quick.</summary>
    public static IEnumerable<ProcessEntry> LiveGroup(int group) => All().Where(p => p.Group == group && p.IsLive);

    /// <summary>True for the process itself and for those that it, or one of them, has started, as long as those in between live.</summary>
    public static bool DescendsFrom(int pid, int ancestor)
    {
        while (pid > 1 && pid != ancestor)
        {
            pid = Find(pid)?.Parent ?? 0;
        }

        return pid == ancestor;
    }

    public static ProcessEntry? Find(int pid)
    {
        // pid (name) state ppid pgrp session …; the name may contain anything, also ')'.
        if (ReadBytes($"/proc/{pid}/stat") is not { } bytes)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 50
            ? null
            : new ProcessEntry(pid, fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3])) { StartTicks = long.Parse(fields[19], CultureInfo.InvariantCulture), WaitStatus = Number(fields[49]) };
    }

    /// <summary>The kernel's id of this boot: process numbers and start times of another one say nothing.</summary>
    public static string BootId { get; } = ReadBytes("/proc/sys/kernel/random/boot_id") is { } id ? Encoding.ASCII.GetString(id).Trim() : "";

    /// <summary>The whole command line, its parts separated by spaces; empty when the process is gone.</summary>
    public static string CommandLine(int pid) => ReadBytes($"/proc/{pid}/cmdline") is { } bytes ? Encoding.UTF8.GetString(bytes).Replace('\0', ' ') : "";

    /// <summary>Full path of the program that it runs; null when that may not be read. A program that was replaced meanwhile has its old path.</summary>
    public static string? Program(int pid)
    {
        const string deleted = " (deleted)";
        try
        {
            var target = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;
            return target?.EndsWith(deleted, StringComparison.Ordinal) == true ? target[..^deleted.Length] : target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The command line, shortened; null when the process is gone.</summary>
    public static string? Command(int pid)
    {
        const int longest = 120;
        if (ReadBytes($"/proc/{pid}/cmdline") is not { } bytes)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes).Replace('\0', ' ').Trim();
        if (text.Length == 0)
        {
            return ReadBytes($"/proc/{pid}/comm") is { } name ? Encoding.UTF8.GetString(name).Trim() : null;
        }

        return text.Length <= longest ? text : $"{text[..longest]}…";
    }

    /// <summary>Its environment, "name=value"; empty when that can't be read.</summary>
    public static IReadOnlyList<string> Environment(int pid)
        => ReadBytes($"/proc/{pid}/environ") is { } bytes ? Encoding.UTF8.GetString(bytes).Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // A process may end between any two looks at it, and much of what others run may not be read.
    private static byte[]? ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>One line of the process table.</summary>
internal readonly record struct ProcessEntry(int Pid, char State, int Parent, int Group, int Session)
{
    /// <summary>When it was started, in clock ticks after boot.</summary>
    public long StartTicks { get; init; }

    /// <summary>Of one that has ended: how, in the form that waiting for it would tell.</summary>
    public int WaitStatus { get; init; }

    /// <summary>True for the first process of a session of its own, as every replica's is.</summary>
    public bool LeadsSession => Pid == Session && Pid == Group;

    public bool IsLive => State is not ('Z' or 'X' or 'x');
}
