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
        return fields.Length < 4
            ? null
            : new ProcessEntry(pid, fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3]));
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
    public bool IsLive => State is not ('Z' or 'X' or 'x');
}
