using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Supervision;

/// <summary>What all measurements of a run share: a temporary folder, the programs to supervise, free ports, a clock, and the end of everything that was started.</summary>
internal sealed class Bench : IDisposable
{
    // Inherited by all that a run starts, so that what is left of it can be told from other processes. No prefix of Stack's own: those it does not hand on.
    private const string Mark = "SUPERVISION_BENCHMARK";
    private const int FirstPort = 20000;
    private const int EphemeralPorts = 32768;
    private readonly string _run = $"{Environment.ProcessId}-{Guid.NewGuid():N}";
    private int _jobs;

    public Bench(CancellationToken cancellationToken)
    {
        Cancelled = cancellationToken;
        Folder = Directory.CreateTempSubdirectory("supervision-").FullName;
        Environment.SetEnvironmentVariable(Mark, _run);
        Tiny = Path.Combine(Folder, "tiny");
        Site = Path.Combine(Folder, "site");
    }

    public CancellationToken Cancelled { get; }

    public string Folder { get; }

    /// <summary>The small C program.</summary>
    public string Tiny { get; }

    /// <summary>The folder that the site is published to.</summary>
    public string Site { get; }

    public static string Repository { get; } = FindRepository();

    public void BuildTiny() => Run("gcc", "-O2", "-o", Tiny, Path.Combine(Repository, "Benchmarks/Supervision/tiny.c"));

    /// <summary>Publishes the site once. The compiler's server would outlive the run.</summary>
    public void PublishSite() => Run(
        "dotnet", "publish", Path.Combine(Repository, "WebSite/WebSite.csproj"), "-c", "Release", "-o", Site, "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false");

    /// <summary>A new job on ports that are free now.</summary>
    public Job NewJob(params Workload[] workloads)
    {
        var port = FreeRange(workloads.Sum(w => w.Replicas));
        var placed = new List<Workload>();
        foreach (var workload in workloads)
        {
            placed.Add(workload with { FirstPort = port });
            port += workload.Replicas;
        }

        return new Job { Folder = Directory.CreateDirectory(Path.Combine(Folder, $"job-{++_jobs}")).FullName, Workloads = placed };
    }

    /// <summary>Starts a process whose output goes to a file.</summary>
    public static Process Spawn(string output, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", output, .. command]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a command to its end; its output is told only when it fails.</summary>
    public string Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(Cancelled);
        var output = process.StandardOutput.ReadToEndAsync(Cancelled).GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new BenchmarkException($"'{file} {string.Join(' ', arguments)}' failed with exit code {process.ExitCode}: {output}{error.Result}");
    }

    public void Pause(double seconds)
    {
        Cancelled.WaitHandle.WaitOne(TimeSpan.FromSeconds(seconds));
        Cancelled.ThrowIfCancellationRequested();
    }

    /// <summary>Asks each millisecond until the condition holds; returns the time since the given timestamp, in milliseconds.</summary>
    /// <exception cref="BenchmarkException">It did not come true within the limit.</exception>
    public double Until(Func<bool> condition, long since, double limitSeconds, string what)
    {
        while (!condition())
        {
            if (Since(since) > limitSeconds * 1000)
            {
                throw new BenchmarkException($"{what}: not within {limitSeconds:0} s");
            }

            Cancelled.WaitHandle.WaitOne(1);
            Cancelled.ThrowIfCancellationRequested();
        }

        return Since(since);
    }

    public static long Now => Stopwatch.GetTimestamp();

    public static double Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalMilliseconds;

    /// <summary>Kills all that this run started and that is still there; returns how many those were.</summary>
    public int KillLeftovers()
    {
        var own = Environment.ProcessId;
        var left = LinuxProcess.All().Where(p => p.Id != own && p.HasVariable(Mark, _run)).ToList();
        left.ForEach(p => p.Kill());
        return left.Count;
    }

    public void Dispose()
    {
        KillLeftovers();
        Directory.Delete(Folder, recursive: true);
    }

    // Below the ports that the system hands out, so that no client's connection takes one of them meanwhile.
    private static int FreeRange(int count)
    {
        for (var first = FirstPort; first + count < EphemeralPorts; first++)
        {
            var taken = Enumerable.Range(first, count).LastOrDefault(port => !IsFree(port));
            if (taken == 0)
            {
                return first;
            }

            first = taken;
        }

        throw new BenchmarkException($"There are no {count} free ports in a row between {FirstPort} and {EphemeralPorts}.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Stack.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new BenchmarkException("The benchmark runs only from where it was built, inside the repository.");
    }
}

/// <summary>A measurement, or what it needs, failed; the message says how.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
