using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Telemetry;

/// <summary>The dashboard as a process of its own, alone, on free ports.</summary>
internal sealed class RunningDashboard : IDisposable
{
    private readonly Bench _bench;
    private readonly Process _process;
    private readonly HttpClient _http;

    /// <param name="bench">The run.</param>
    /// <param name="folder">Where its data is; what is there already is used on.</param>
    public RunningDashboard(Bench bench, string folder)
    {
        _bench = bench;
        Folder = folder;
        Port = Workspace.FreePorts(3);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromMinutes(1) };
        _http.DefaultRequestHeaders.Add("X-API-Key", Key);
        var begun = Workspace.Now;
        _process = Workspace.Spawn(Path.Combine(bench.Folder, "dashboard.log"), new Dictionary<string, string> { ["MALLOC_ARENA_MAX"] = "1" }, "dotnet", Path.Combine(bench.Dashboard, "Stack.Dashboard.dll"),
            $"--Dashboard:Frontend:EndpointUrls=http://127.0.0.1:{Port}", "--Dashboard:Frontend:AuthMode=Unsecured",
            $"--Dashboard:Otlp:GrpcEndpointUrl=http://127.0.0.1:{Port + 1}", $"--Dashboard:Otlp:HttpEndpointUrl=http://127.0.0.1:{Port + 2}", $"--Dashboard:Otlp:PrimaryApiKey={Key}",
            $"--Dashboard:Api:PrimaryApiKey={Key}", $"--Dashboard:Storage:Directory={folder}", "--Dashboard:Storage:MaxBytes=21474836480");
        StartMilliseconds = bench.Until(() => _process.HasExited || Probe.Ask(Port, "/health") is not null, begun, 60, "the dashboard's first answer");
        Process = new LinuxProcess(_process.Id);
        StartCpuSeconds = Process.CpuSeconds;
        if (_process.HasExited)
        {
            throw new BenchmarkException($"The dashboard ended: {File.ReadAllText(Path.Combine(bench.Folder, "dashboard.log"))}");
        }
    }

    public const string Key = "benchmark-0123456789abcdef";

    public string Folder { get; }

    public int Port { get; }

    public LinuxProcess Process { get; }

    public double StartMilliseconds { get; }

    public double StartCpuSeconds { get; }

    /// <summary>All its files.</summary>
    public long Bytes => Directory.EnumerateFiles(Folder).Sum(f => new FileInfo(f).Length);

    /// <summary>How many records of a signal are stored.</summary>
    public long Count(string signal)
    {
        using var answer = JsonDocument.Parse(Get($"/api/telemetry/{signal}?limit=1&count=true"));
        return answer.RootElement.GetProperty("totalCount").GetInt64();
    }

    public void WaitForRecords(string signal, long count)
        => _bench.Until(() => Count(signal) >= count, Workspace.Now, 120, $"{count} {signal} in the store");

    /// <summary>Milliseconds until the whole answer is here.</summary>
    public double Time(string address)
    {
        var begun = Workspace.Now;
        Get(address);
        return Workspace.Since(begun);
    }

    public string Get(string address)
    {
        using var answer = _http.GetAsync(address, _bench.Cancelled).GetAwaiter().GetResult();
        var text = answer.Content.ReadAsStringAsync(_bench.Cancelled).GetAwaiter().GetResult();
        return answer.StatusCode == HttpStatusCode.OK
            ? text
            : throw new BenchmarkException(string.Create(CultureInfo.InvariantCulture, $"The dashboard answered {(int)answer.StatusCode} to '{address}': {text}"));
    }

    /// <summary>A page that follows the log, as a browser does; reads until it is disposed.</summary>
    public IDisposable Follow()
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(_bench.Cancelled);
        _ = Task.Run(async () =>
        {
            await using var stream = await _http.GetStreamAsync("/live?topics=health,logs", ended.Token);
            await stream.CopyToAsync(Stream.Null, ended.Token);
        }, ended.Token).ContinueWith(_ => ended.Dispose(), TaskScheduler.Default);
        return new Following(ended);
    }

    /// <summary>Ends it in order, so that its data can be opened again at once.</summary>
    public void Dispose()
    {
        Process.Terminate();
        if (!_process.WaitForExit(30_000))
        {
            Process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _http.Dispose();
    }

    private sealed class Following(CancellationTokenSource ended) : IDisposable
    {
        public void Dispose() => ended.Cancel();
    }
}
