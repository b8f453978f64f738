using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>What <c>/proc</c> tells about a process.</summary>
internal readonly record struct LinuxProcess(int Id)
{
    private const double TicksPerSecond = 100;

    public static IEnumerable<LinuxProcess> All()
        => Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id > 0).Select(id => new LinuxProcess(id));

    /// <summary>False also for a zombie: it has ended, only nobody has asked for its exit code.</summary>
    public bool IsAlive => Stat() is { } fields && fields[0] is not ("Z" or "X");

    /// <summary>Time on a CPU, in user and kernel mode, seconds.</summary>
    public double CpuSeconds => Stat() is { } fields
        ? (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0;

    /// <summary>Proportional set size, MB: memory shared with others counts in part.</summary>
    public double Pss => Field("smaps_rollup", "Pss:") / 1024;

    /// <summary>Resident set size, MB: memory shared with others counts in full.</summary>
    public double Rss => Field("smaps_rollup", "Rss:") / 1024;

    public int Threads => Directory.GetDirectories($"/proc/{Id}/task").Length;

    public int Descriptors => Directory.GetFiles($"/proc/{Id}/fd").Length;

    public bool HasVariable(string name, string value)
    {
        try
        {
            return $"\0{File.ReadAllText($"/proc/{Id}/environ")}".Contains($"\0{name}={value}\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended, or another user's
        }
    }

    public void Kill() => _ = Signal(Id, 9);

    public void Terminate() => _ = Signal(Id, 15);

    // State is field 0 here: what comes before it, the name, may have spaces in it.
    private string[]? Stat()
    {
        try
        {
            var text = File.ReadAllText($"/proc/{Id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private double Field(string file, string name)
    {
        var line = File.ReadLines($"/proc/{Id}/{file}").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
