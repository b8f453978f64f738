using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>The built WebSite as a process of its own, on a port that the system chose. It is killed at the end of the test if it still runs.</summary>
internal sealed class SiteProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly string[] ForeignPrefixes = ["STACK_", "OTEL_", "ASPNETCORE_", "KESTREL_", "SERVICES__", "NOTIFY_", "WATCHDOG_", "ConnectionStrings__", "Board__"];

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _awaited = [];

    private SiteProcess(ProcessStartInfo start, DirectoryInfo folder)
    {
        _folder = folder;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1:1");

    public int Id => _process.Id;

    /// <summary>The writing end of its standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    private static string Dll { get; } = typeof(SiteProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "WebSite").Value!;

    /// <summary>The folder of the site's project.</summary>
    public static string ProjectFolder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Dll)!, "../../.."));

    /// <summary>Starts the site and waits until it listens.</summary>
    public static async Task<SiteProcess> StartAsync(params (string Name, string? Value)[] variables)
    {
        var site = Launch(variables);
        try
        {
            const string listening = "Now listening on: ";
            var line = await site.SeeAsync(listening);
            site.Address = new(line[(line.IndexOf(listening, StringComparison.Ordinal) + listening.Length)..].Trim());
            await site.SeeAsync("Application started.");
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the site, whatever becomes of it.</summary>
    public static SiteProcess Launch(params (string Name, string? Value)[] variables) => Run([], variables);

    /// <summary>
    /// Starts the site's program with these arguments, whatever becomes of it. A variable without a value is taken away. Unless a variable says otherwise it
    /// has a database of its own, which goes with it.
    /// </summary>
    public static SiteProcess Run(string[] args, params (string Name, string? Value)[] variables)
    {
        var folder = Directory.CreateTempSubdirectory("stack-site-");
        var start = new ProcessStartInfo("dotnet", [Dll, .. args])
        {
            WorkingDirectory = ProjectFolder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => ForeignPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["ConnectionStrings__board"] = $"Data Source={folder.FullName}/board.db";
        start.Environment["Board__MigrateAtStart"] = "true";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new(start, folder);
    }

    public HttpClient CreateClient() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>Waits for a line of output that contains the text, or returns the one already seen.</summary>
    public async Task<string> SeeAsync(string text)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_output.ToString().Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            _awaited.Add((text, seen));
        }

        try
        {
            return await seen.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"The site did not write '{text}' within {Limit}. Its output so far:\n{Output}", timeout);
        }
    }

    /// <summary>As the kernel or an administrator does it: nothing is finished, nothing is told.</summary>
    public void Kill() => _process.Kill();

    public void Terminate() => Kill(_process.Id, Sigterm).ShouldBe(0);

    /// <summary>Waits for its end and returns the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(limit ?? Limit);
        try
        {
            await _process.WaitForExitAsync(source.Token);
        }
        catch (OperationCanceledException timeout)
        {
            throw new TimeoutException($"The site did not end within {limit ?? Limit}. Its output so far:\n{Output}", timeout);
        }

        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _output.Append(line).Append('\n');
            foreach (var (_, seen) in _awaited.Where(awaited => line.Contains(awaited.Text, StringComparison.Ordinal)))
            {
                seen.TrySetResult(line);
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int id, int signal);
}
