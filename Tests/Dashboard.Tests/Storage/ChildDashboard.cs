using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard in a process of its own.</summary>
internal sealed class ChildDashboard : IDisposable
{
    private readonly Process _process;
    private readonly Uri _otlp;

    private ChildDashboard(Process process, Uri frontend, Uri otlp)
    {
        _process = process;
        Frontend = frontend;
        _otlp = otlp;
        Client.DefaultRequestHeaders.Add("X-API-Key", "k");
        Client.DefaultRequestHeaders.Add(OtlpRoutes.ApiKeyHeader, "k");
    }

    public HttpClient Client { get; } = new() { Timeout = RunningDashboard.Patience };

    public Uri Frontend { get; }

    public int Id => _process.Id;

    /// <param name="directory">The data folder.</param>
    /// <param name="frontend">Where the pages are.</param>
    /// <param name="tmpfs">Size of a file system of the process's own at the data folder; it goes with the process. Needs root.</param>
    /// <param name="settings">Environment variables.</param>
    public static Process Run(string directory, string frontend = "http://127.0.0.1:0", string? tmpfs = null, params (string Name, string Value)[] settings)
    {
        string[] dashboard = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Stack.Dashboard.dll")];
        string[] command = tmpfs is null
            ? dashboard
            : ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=$1,mode=700 none \"$2\" && shift 2 && exec \"$@\"", "sh", tmpfs, directory, .. dashboard];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = frontend;
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://127.0.0.1:0";
        start.Environment["DASHBOARD__FRONTEND__AUTHMODE"] = "Unsecured";
        start.Environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = "k";
        start.Environment["DASHBOARD__API__PRIMARYAPIKEY"] = "k";
        start.Environment["DASHBOARD__STORAGE__DIRECTORY"] = directory;
        start.Environment["DASHBOARD__STORAGE__MINFREEBYTES"] = "0";
        start.Environment["LOGGING__CONSOLE__FORMATTERNAME"] = "json";
        start.Environment["MALLOC_ARENA_MAX"] = "1"; // as the AppHost starts it
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static async Task<ChildDashboard> StartAsync(string directory, string? tmpfs = null, params (string Name, string Value)[] settings)
    {
        var process = Run(directory, tmpfs: tmpfs, settings: settings);
        var addresses = new List<Uri>();
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (addresses.Count < 3)
        {
            var line = await process.StandardOutput.ReadLineAsync(late.Token)
                ?? throw new InvalidOperationException("The dashboard ended: " + await process.StandardError.ReadToEndAsync(late.Token));
            using var record = JsonDocument.Parse(line);
            if (record.RootElement.GetProperty("State").TryGetProperty("address", out var address))
            {
                addresses.Add(new Uri(address.GetString()!));
            }
        }

        // Nobody must be held up because nobody reads what it says.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return new ChildDashboard(process, addresses[0], addresses[2]);
    }

    /// <summary>A file as the process sees it, also one on a file system of its own.</summary>
    public string PathOf(string path) => $"/proc/{Id}/root{path}";

    public async Task SendAsync(IEnumerable<Stack.Dashboard.Ingest.Otlp.LogRecord> records)
    {
        using var response = await TrySendAsync(records);
        response.EnsureSuccessStatusCode();
    }

    public async Task<HttpResponseMessage> TrySendAsync(IEnumerable<Stack.Dashboard.Ingest.Otlp.LogRecord> records)
    {
        return await PostAsync("/v1/logs", Messages.Logs(records));
    }

    public async Task<HttpResponseMessage> PostAsync(string path, IMessage export)
    {
        using var content = new ByteArrayContent(export.ToByteArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf");
        return await Client.PostAsync(new Uri(_otlp, path), content);
    }

    public Task<JsonElement> LogsAsync(string query) => Client.GetFromJsonAsync<JsonElement>(new Uri(Frontend, "/api/telemetry/logs?" + query));

    public async Task<int> CountAsync(string query = "limit=1") => (await LogsAsync(query)).GetProperty("totalCount").GetInt32();

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        Client.Dispose();
    }
}
