using System.Diagnostics;
using System.Globalization;

namespace Gateway;

/// <summary>What is asked for again and again.</summary>
/// <param name="Name">What <c>--only</c> calls it.</param>
/// <param name="Text">What the table calls it.</param>
/// <param name="Path">Where it is.</param>
internal sealed record Load(string Name, string Text, string Path)
{
    /// <summary>They stay open all the time.</summary>
    public const int Connections = 32;

    // Each has its share of the connections and one address: without a proxy, that is how replicas get the same number of them.
    private const int Threads = 8;

    /// <summary>The form that is sent; null: a GET.</summary>
    public string? Form { get; init; }

    public static IReadOnlyList<Load> All { get; } =
    [
        new("page", "page of 7 KB", "/"),
        new("small", "file of 2 KB", "/css/site.css"),
        new("large", "file of 230 KB", "/js/large.js"),
        new("post", "form of 1 KB", "/order") { Form = $"Name=Somebody&Quantity=3&Message={new string('m', 980)}" },
    ];

    /// <summary>Sends it for so long over connections that are kept open; returns what wrk says, and its CPU time.</summary>
    public LoadResult Send(IReadOnlyList<int> ports, double seconds)
    {
        var start = new ProcessStartInfo("setsid", ["wrk", "--threads", $"{Threads}", "--connections", $"{Connections}", "--duration", $"{seconds:0}s", "--timeout", "10s", "--script", Script, $"http://127.0.0.1:{ports[0]}{Path}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PORTS"] = string.Join(',', ports);
        start.Environment["METHOD"] = Form is null ? "GET" : "POST";
        if (Form is not null)
        {
            start.Environment["BODY"] = Form;
            start.Environment["CONTENT_TYPE"] = "application/x-www-form-urlencoded";
        }

        var own = new LinuxProcess(Environment.ProcessId);
        var before = own.CpuSecondsOfEnded;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var line = Array.Find(output.Split('\n'), l => l.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new BenchmarkException($"wrk failed with exit code {process.ExitCode}: {output}{error.Result}");
        var words = line.Split(' ').Skip(1).Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToList();
        return new LoadResult(words[0], words[1] / 1e6, words[2], words[3] / 1e3, words[4] / 1e3, own.CpuSecondsOfEnded - before);
    }

    private static readonly string Script = System.IO.Path.Combine(AppContext.BaseDirectory, "load.lua");
}

/// <summary>What came of it: latencies in milliseconds.</summary>
internal sealed record LoadResult(double Requests, double Seconds, double Failed, double P50, double P99, double CpuSeconds);
