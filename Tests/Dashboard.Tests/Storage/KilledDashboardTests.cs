using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard of its own process is killed while it writes.</summary>
[Trait("kind", "process")]
public sealed class KilledDashboardTests : IDisposable
{
    private const int BatchRows = 100;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_kill_9_everything_but_the_last_moments_is_there_and_in_order()
    {
        var sent = 0;
        var longAgo = 0;
        using (var victim = await ChildDashboard.StartAsync(_folder.Path))
        {
            var running = Stopwatch.StartNew();
            while (running.Elapsed < TimeSpan.FromSeconds(3))
            {
                await victim.SendAsync(Enumerable.Range(sent, BatchRows).Select(i => Messages.Log($"row {i}")));
                sent += BatchRows;
                // Commits come four times a second.
                longAgo = running.Elapsed < TimeSpan.FromSeconds(1.5) ? sent : longAgo;
            }

            victim.Kill();
        }

        using var reborn = await ChildDashboard.StartAsync(_folder.Path);
        var total = (await reborn.LogsAsync("limit=1")).GetProperty("totalCount").GetInt32();
        total.ShouldBeInRange(longAgo, sent);
        var newest = (await reborn.LogsAsync("limit=1")).GetProperty("data").GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0]
            .GetProperty("logRecords")[0].GetProperty("body").GetProperty("stringValue").GetString();
        newest.ShouldBe($"row {total - 1}");
        await reborn.SendAsync([Messages.Log("after")]);
        (await reborn.LogsAsync("q=after")).GetProperty("totalCount").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_message_and_exit_code_1()
    {
        using var first = await ChildDashboard.StartAsync(_folder.Path);
        using var second = ChildDashboard.Run(_folder.File("other"), frontend: first.Frontend.ToString());

        await second.WaitForExitAsync(new CancellationTokenSource(RunningDashboard.Patience).Token);

        second.ExitCode.ShouldBe(1);
        (await second.StandardError.ReadToEndAsync()).Trim().ShouldBe(
            $"Port {first.Frontend.Port} of the dashboard's front end is already in use. Free it, or set 'Dashboard:Frontend:EndpointUrls' to another address.");
    }

    [Fact]
    public async Task A_folder_that_is_taken_is_one_message_and_exit_code_1()
    {
        using var first = await ChildDashboard.StartAsync(_folder.Path);
        using var second = ChildDashboard.Run(_folder.Path);

        await second.WaitForExitAsync(new CancellationTokenSource(RunningDashboard.Patience).Token);

        second.ExitCode.ShouldBe(1);
        (await second.StandardError.ReadToEndAsync()).Trim().ShouldBe(
            $"The data folder '{_folder.Path}' is in use by process {first.Id}. Stop that dashboard, or set 'Dashboard:Storage:Directory' to another folder.");
    }

    private sealed class ChildDashboard : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _client = new() { Timeout = RunningDashboard.Patience };
        private readonly Uri _otlp;

        private ChildDashboard(Process process, Uri frontend, Uri otlp)
        {
            _process = process;
            Frontend = frontend;
            _otlp = otlp;
            _client.DefaultRequestHeaders.Add("X-API-Key", "k");
            _client.DefaultRequestHeaders.Add(OtlpRoutes.ApiKeyHeader, "k");
        }

        public Uri Frontend { get; }

        public int Id => _process.Id;

        public static Process Run(string directory, string frontend = "http://127.0.0.1:0")
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Stack.Dashboard.dll")])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["ASPNETCORE_URLS"] = frontend;
            start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0";
            start.Environment["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://127.0.0.1:0";
            start.Environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = "k";
            start.Environment["DASHBOARD__API__PRIMARYAPIKEY"] = "k";
            start.Environment["DASHBOARD__STORAGE__DIRECTORY"] = directory;
            start.Environment["DASHBOARD__STORAGE__MINFREEBYTES"] = "0";
            start.Environment["LOGGING__CONSOLE__FORMATTERNAME"] = "json";
            return Process.Start(start)!;
        }

        public static async Task<ChildDashboard> StartAsync(string directory)
        {
            var process = Run(directory);
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

        public async Task SendAsync(IEnumerable<Stack.Dashboard.Ingest.Otlp.LogRecord> records)
        {
            using var content = new ByteArrayContent(Messages.Logs(records).ToByteArray());
            content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf");
            using var response = await _client.PostAsync(new Uri(_otlp, "/v1/logs"), content);
            response.EnsureSuccessStatusCode();
        }

        public Task<JsonElement> LogsAsync(string query) => _client.GetFromJsonAsync<JsonElement>(new Uri(Frontend, "/api/telemetry/logs?" + query));

        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public void Dispose()
        {
            Kill();
            _process.Dispose();
            _client.Dispose();
        }
    }
}
