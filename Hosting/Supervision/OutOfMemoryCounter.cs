using System.Globalization;

namespace Stack.Hosting.Supervision;

/// <summary>Reads how often the kernel has ended a process of our control group for lack of memory; children share the group with us.</summary>
internal static class OutOfMemoryCounter
{
    public static long Read()
    {
        try
        {
            var group = File.ReadLines("/proc/self/cgroup").FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal))?[3..];
            var line = group is null ? null : File.ReadLines($"/sys/fs/cgroup{group.TrimEnd('/')}/memory.events").FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line["oom_kill ".Length..], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
