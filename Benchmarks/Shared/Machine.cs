using System.Globalization;

namespace Benchmarks;

/// <summary>Describes the machine in words, without its name or anybody's paths.</summary>
internal static class Machine
{
    public static string Describe(string folder)
        => $"{Environment.ProcessorCount} cores ({CpuModel()}), {Memory():0} GB of memory, {Distribution()}, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim().Split('-')[0]}, files on {FileSystem(folder)}";

    /// <summary>Load average over the last minute.</summary>
    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string CpuModel() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";

    private static double Memory()
        => double.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024 / 1024;

    private static string Distribution()
        => File.Exists("/etc/os-release")
            ? File.ReadLines("/etc/os-release").FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?["PRETTY_NAME=".Length..].Trim('"') ?? "Linux"
            : "Linux";

    // The mount point that is the longest beginning of the folder.
    private static string FileSystem(string folder)
        => File.ReadLines("/proc/mounts").Select(l => l.Split(' ')).Where(m => folder.StartsWith(m[1], StringComparison.Ordinal)).OrderBy(m => m[1].Length).Last()[2];
}
