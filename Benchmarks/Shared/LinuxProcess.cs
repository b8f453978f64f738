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
    public double CpuSeconds => Seconds(11);

    /// <summary>That of its children that have ended, and of theirs.</summary>
    public double CpuSecondsOfEnded => Seconds(13);

    /// <summary>Proportional set size, MB: memory shared with others counts in part.</summary>
    public double Pss => Field("smaps_rollup", "Pss:") / 1024;

    /// <summary>Resident set size, MB: memory shared with others counts in full.</summary>
    public double Rss => Field("smaps_rollup", "Rss:") / 1024;

    public int Threads => Directory.GetDirectories($"/proc/{Id}/task").Length;

    public int Descriptors => Directory.GetFiles($"/proc/{Id}/fd").Length;

    /// <summary>How often its threads have given up the processor to wait for something.</summary>
    public long Sleeps => Directory.GetDirectories($"/proc/{Id}/task").Sum(Sleep);

    /// <summary>Its children and theirs.</summary>
    public IEnumerable<LinuxProcess> Descendants()
        => Read($"/proc/{Id}/task/{Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => new LinuxProcess(int.Parse(id, CultureInfo.InvariantCulture)))
            .SelectMany(child => (IEnumerable<LinuxProcess>)[child, .. child.Descendants()]);

    public string CommandLine => Read($"/proc/{Id}/cmdline").Replace('\0', ' ').Trim();

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

    private double Seconds(int field) => Stat() is { } fields
        ? (long.Parse(fields[field], CultureInfo.InvariantCulture) + long.Parse(fields[field + 1], CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0;

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }

    private static long Sleep(string thread)
        => Read($"{thread}/status").Split('\n').FirstOrDefault(l => l.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal)) is { } line
            ? long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture)
            : 0;

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
