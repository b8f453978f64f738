using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Web;

/// <summary>A whole dashboard in this process, on ports of the system's choice and in a folder of its own, with a browser that keeps cookies.</summary>
internal sealed class TestDashboard : IAsyncDisposable
{
    public const string Token = "the-token-of-the-tests";

    private readonly WebApplication _app;
    private readonly SocketsHttpHandler _cookies = new() { AllowAutoRedirect = false, UseProxy = false, Expect100ContinueTimeout = RunningDashboard.Patience };
    private readonly bool _ownsFolder;

    private TestDashboard(WebApplication app, string folder, bool ownsFolder)
    {
        (_app, Folder, _ownsFolder) = (app, folder, ownsFolder);
        Url = _app.Services.GetRequiredService<Listeners>().Frontend[0];
        Browser = new HttpClient(_cookies) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(20) };
    }

    public Uri Url { get; }

    public string Folder { get; }

    /// <summary>Keeps cookies, does not follow redirects.</summary>
    public HttpClient Browser { get; }

    public CookieContainer Cookies => _cookies.CookieContainer;

    /// <summary>Unless settings say otherwise nobody has to sign in.</summary>
    public static async Task<TestDashboard> StartAsync(string? controlSocket = null, string? folder = null, params string[] settings)
    {
        var ownsFolder = folder is null;
        folder ??= Directory.CreateTempSubdirectory("stack-dash-").FullName;
        List<string> args =
        [
            "--Dashboard:Frontend:EndpointUrls=http://127.0.0.1:0",
            "--Dashboard:Otlp:GrpcEndpointUrl=http://127.0.0.1:0",
            "--Dashboard:Otlp:HttpEndpointUrl=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            "--Dashboard:Otlp:AuthMode=Unsecured",
            "--Dashboard:Frontend:AuthMode=Unsecured",
            $"--Dashboard:Storage:Directory={Path.Combine(folder, "telemetry")}",
            .. settings,
        ];
        if (controlSocket is not null)
        {
            args.Add($"--Dashboard:Control:SocketPath={controlSocket}");
        }

        var app = DashboardHost.Build([.. args]);
        await app.StartAsync();
        return new TestDashboard(app, folder, ownsFolder);
    }

    /// <summary>One where signing in with <see cref="Token"/> is necessary.</summary>
    public static Task<TestDashboard> StartSecuredAsync(string? controlSocket = null, string? folder = null, params string[] settings) =>
        StartAsync(controlSocket, folder, ["--Dashboard:Frontend:AuthMode=BrowserToken", $"--Dashboard:Frontend:BrowserToken={Token}", .. settings]);

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>The page, parsed as a browser would.</summary>
    public async Task<IHtmlDocument> OpenAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await Browser.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return new HtmlParser().ParseDocument(text);
    }

    /// <summary>Sends records as the site's exporter does, and waits until they are there for the pages.</summary>
    public async Task SendLogsAsync(params SentLog[] logs)
    {
        using var limit = Limit();
        var arrived = WaitForRowsAsync(logs.Length, limit.Token);
        var request = new ExportLogsRequest();
        foreach (var log in logs)
        {
            request.ResourceLogs.Add(log.ToOtlp());
        }

        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(Service<Listeners>().OtlpHttp, "v1/logs"), content, limit.Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await arrived;
    }

    /// <summary>Waits until the store has told of an instance: the writer commits several times a second.</summary>
    public async Task WaitForResourceAsync(string displayName)
    {
        using var limit = Limit();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!Service<LogQueries>().Resources().Any(r => r.DisplayName == displayName))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        _cookies.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    public static CancellationTokenSource Limit(int seconds = 20) => new(TimeSpan.FromSeconds(seconds));

    private Task WaitForRowsAsync(int count, CancellationToken token)
    {
        // Joined before anything is sent: the first step of the enumerator registers it.
        var rows = Service<LiveBus>().SubscribeAsync(new LogFilter(), null, token).GetAsyncEnumerator(token);
        var first = rows.MoveNextAsync().AsTask();
        return CountAsync();

        async Task CountAsync()
        {
            await using (rows)
            {
                for (var seen = 0; await first; first = rows.MoveNextAsync().AsTask())
                {
                    // One who looks on gets so many at once only.
                    seen += rows.Current.Rows.Count + (int)rows.Current.Dropped;
                    if (seen >= count)
                    {
                        return;
                    }
                }

                throw new TimeoutException($"Fewer than {count} records arrived.");
            }
        }
    }
}
