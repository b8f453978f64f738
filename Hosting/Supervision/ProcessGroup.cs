using System.Globalization;

namespace Stack.Hosting.Supervision;

/// <summary>Looks at process groups in <c>/proc</c>. Signal 0 is no answer: it succeeds while members are zombies that nobody has reaped.</summary>
internal static class ProcessGroup
{
    /// <summary>True while a member of the group is alive.</summary>
    public static bool HasMembers(int group)
    {
        // Cheap in the usual case: nobody of that number at all.
        if (PosixNative.Kill(-group, 0) != 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == PosixNative.Esrch)
        {
            return false;
        }

        return Directory.EnumerateDirectories("/proc").Any(folder => int.TryParse(Path.GetFileName(folder), out var pid) && Of(pid) is ({ } id, not 'Z' and not 'X') && id == group);
    }

    /// <summary>The group and the state letter of a process; null when it is gone.</summary>
    public static (int Group, char State)? Of(int pid)
    {
        try
        {
            // pid (command) state ppid pgrp … : the command may have blanks and brackets of its own.
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[2], CultureInfo.InvariantCulture), fields[0][0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
