using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Web.Security;

/// <summary>Where keys and telemetry must not be seen.</summary>
public sealed class SecretsTests
{
    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_look_into_the_data_folder()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        (await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}")).Dispose();

        var folder = Path.Combine(dashboard.Folder, "telemetry");

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var all = Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories);
        all.Where(entry => Directory.Exists(entry)).Append(folder)
            .ShouldAllBe(entry => File.GetUnixFileMode(entry) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        all.Where(File.Exists).Where(entry => (File.GetUnixFileMode(entry) & Others) != UnixFileMode.None).ShouldBeEmpty();
        all.Select(Path.GetFileName).ShouldContain("meta.db");
        all.Count(entry => entry.Contains("/keys/key-", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Keys_and_tokens_are_never_in_the_log()
    {
        using var folder = new TempFolder();
        var log = new Lines();
        string[] secrets = ["the-otlp-key", "the-second-otlp-key", "the-api-key", "the-browser-token", "the-viewer-token", "a-wrong-key"];
        await using var app = DashboardHost.Build(
            [
                "--Dashboard:Frontend:EndpointUrls=http://127.0.0.1:0", "--Dashboard:Otlp:GrpcEndpointUrl=http://127.0.0.1:0", "--Dashboard:Otlp:HttpEndpointUrl=http://127.0.0.1:0",
                $"--Dashboard:Otlp:PrimaryApiKey={secrets[0]}", $"--Dashboard:Otlp:SecondaryApiKey={secrets[1]}", $"--Dashboard:Api:PrimaryApiKey={secrets[2]}",
                $"--Dashboard:Frontend:BrowserToken={secrets[3]}", $"--Dashboard:Frontend:ViewerToken={secrets[4]}", $"--Dashboard:Storage:Directory={folder.Path}",
                "--Logging:LogLevel:Default=Debug", "--Logging:Console:LogLevel:Default=None",
            ],
            builder => builder.Logging.ClearProviders().AddProvider(log));
        await app.StartAsync();
        var listeners = app.Services.GetRequiredService<Listeners>();
        using var client = new HttpClient { BaseAddress = listeners.Frontend[0] };

        foreach (var secret in secrets)
        {
            (await client.GetAsync($"/login?t={secret}")).Dispose();
            (await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/telemetry/logs?q=dur:>x") { Headers = { { "X-API-Key", secret } } })).Dispose();
            (await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(listeners.OtlpHttp, "/v1/logs"))
            {
                Headers = { { "x-otlp-api-key", secret } },
                Content = new ByteArrayContent(OtlpJson.Bytes("{")) { Headers = { { "Content-Type", "application/json" } } },
            })).Dispose();
        }

        await app.StopAsync();
        log.All.Count.ShouldBeGreaterThan(3);
        log.All.Where(line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
