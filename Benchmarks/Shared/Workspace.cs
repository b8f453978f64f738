using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks;

/// <summary>What all measurements of a run share: a temporary folder, free ports, a clock, and the end of everything that was started.</summary>
internal abstract class Workspace : IDisposable
{
    // Inherited by all that a run starts, so that what is left of it can be told from other processes. No prefix of Stack's own: those it does not hand on.
    private const string Mark = "BENCHMARK_RUN";
    private const int FirstPort = 20000;
    private const int EphemeralPorts = 32768;
    private readonly string _run = $"{Environment.ProcessId}-{Guid.NewGuid():N}";

    protected Workspace(string name, CancellationToken cancellationToken)
    {
        Cancelled = cancellationToken;
        Folder = Directory.CreateTempSubdirectory($"{name}-").FullName;
        Environment.SetEnvironmentVariable(Mark, _run);
    }

    public CancellationToken Cancelled { get; }

    public string Folder { get; }

    public static string Repository { get; } = FindRepository();

    /// <summary>Publishes a project once. The compiler's server would outlive the run.</summary>
    public void Publish(string project, string folder) => Run(
        "dotnet", "publish", Path.Combine(Repository, project), "-c", "Release", "-o", folder, "-v", "q", "-nodeReuse:false", "-p:UseSharedCompilation=false");

    /// <summary>Starts a process whose output goes to a file.</summary>
    public static Process Spawn(string output, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        // In a session of its own, as a service would be: the kernel may share out processors among sessions.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", output, .. command]);
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

    /// <summary>All processes of this run, but for those that wrote over their environment.</summary>
    public IEnumerable<LinuxProcess> Started()
    {
        var own = Environment.ProcessId;
        return LinuxProcess.All().Where(p => p.Id != own && p.HasVariable(Mark, _run));
    }

    /// <summary>Kills all that this run started and that is still there; returns how many those were.</summary>
    public int KillLeftovers()
    {
        var left = Started().ToList();
        left.ForEach(p => p.Kill());
        return left.Count;
    }

    /// <summary>The first of so many ports in a row that are free now: below those that the system hands out, so that no client's connection takes one of them meanwhile.</summary>
    public static int FreePorts(int count)
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

    public void Dispose()
    {
        KillLeftovers();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
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
