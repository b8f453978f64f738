using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Web;

/// <summary>The pages below a path of a host that has other things as well.</summary>
public sealed class SubPathTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private readonly TempFolder _folder = new();
    private FakeAppHost _host = null!;
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await FakeAppHost.StartAsync(Path.Combine(_folder.Path, "control.sock"), Sample.Site(3), Sample.Nginx());
        _host.Describe(Sample.Details("site-8001", "site"));
        _host.Write("site-8001", "hello\n");
        _dashboard = await TestDashboard.StartSecuredAsync(_host.Socket, Path.Combine(_folder.Path, "dashboard"), "--Dashboard:Frontend:PathBase=/dashboard");
        await FillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_link_of_every_page_stays_below_the_path_and_leads_somewhere()
    {
        var crawl = new Crawl(_dashboard.Browser, _dashboard.Url, "/dashboard");
        await crawl.SignInAsync(TestDashboard.Token);

        await crawl.RunAsync("/dashboard/");

        crawl.Problems.ShouldBeEmpty();
        foreach (var page in new[] { "/resources", "/consolelogs/resource/site-8001", "/structuredlogs", "/traces", $"/traces/detail/{Trace}", "/metrics", "/settings", "/settings/clear", "/resources/command", "/css/stack.css", "/js/shell.js", "/favicon.svg", "/export/logs.csv" })
        {
            crawl.Seen.ShouldContain("/dashboard" + page);
        }
    }

    [Fact]
    public async Task Forms_cookies_the_stream_and_the_telemetry_API_are_below_the_path_too()
    {
        using var asked = await _dashboard.Browser.GetAsync("/dashboard/structuredlogs?q=x");
        new Uri(_dashboard.Url, asked.Headers.Location!).PathAndQuery.ShouldBe("/dashboard/login?returnUrl=%2Fstructuredlogs%3Fq%3Dx");
        (await _dashboard.Browser.GetAsync("/dashboard/fragments/overview")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var login = await _dashboard.Browser.GetAsync($"/dashboard/login?t={TestDashboard.Token}&returnUrl=%2Fstructuredlogs%3Fq%3Dx");
        login.Headers.Location!.ToString().ShouldBe("/dashboard/structuredlogs?q=x");
        login.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("path=/dashboard;", StringComparison.Ordinal));

        var page = await _dashboard.OpenAsync("/dashboard/settings");
        var form = page.QuerySelector("form[data-theme-form]")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, form.GetAttribute("action"));
        request.Headers.Referrer = new Uri(_dashboard.Url, "/dashboard/settings?done=cleared");
        request.Content = new FormUrlEncodedContent([new("theme", "dark"), new("__RequestVerificationToken", form.QuerySelector("input")!.GetAttribute("value")!)]);
        using var chosen = await _dashboard.Browser.SendAsync(request);
        chosen.Headers.Location!.ToString().ShouldBe("/dashboard/settings?done=cleared");
        chosen.Headers.GetValues("Set-Cookie").ShouldContain(cookie => cookie.StartsWith("stack-theme=dark", StringComparison.Ordinal) && cookie.Contains("path=/dashboard;", StringComparison.Ordinal));
        (await _dashboard.OpenAsync("/dashboard/settings")).DocumentElement.GetAttribute("data-theme").ShouldBe("dark");

        await using var live = await LiveReader.OpenAsync(_dashboard, "/dashboard/live?topics=health");
        await live.NextAsync("health", _ => true);
        (await _dashboard.Browser.GetStringAsync("/dashboard/api/telemetry/resources")).ShouldContain("site-8001");
    }

    [Fact]
    public async Task Straight_to_the_listener_the_pages_are_at_the_root()
    {
        using var login = await _dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}");
        var page = await _dashboard.OpenAsync("/resources");

        login.Headers.Location!.ToString().ShouldBe("/");
        page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href").ShouldBe("/css/stack.css");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Behind_Nginx_as_the_documentation_has_it_everything_is_found()
    {
        var port = FreePort();
        await using var nginx = await StartNginxAsync(port);
        using var cookies = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var browser = new HttpClient(cookies) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = RunningDashboard.Patience };
        var crawl = new Crawl(browser, browser.BaseAddress, "/dashboard");
        await crawl.SignInAsync(TestDashboard.Token);

        await crawl.RunAsync("/dashboard/");

        crawl.Problems.ShouldBeEmpty();
        crawl.Seen.Count.ShouldBeGreaterThan(40);
        (await browser.GetAsync("/resources")).StatusCode.ShouldBe(HttpStatusCode.NotFound, "it is Nginx who answers there");
        using var live = await browser.GetAsync("/dashboard/live?topics=health", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await live.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync().WaitAsync(RunningDashboard.Patience)).ShouldStartWith("event: ");
    }

    private async Task FillAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        await SentSpan.SendAsync(_dashboard, [.. SentSpan.Retried(Trace).Select(span => span with { Time = now })]);
        await _dashboard.SendLogsAsync(new SentLog("an order", Severity: 17) { TraceId = Trace, Attributes = { ["url"] = "/orders/1" } });
        var batch = SentMetrics.Rows(new SentMetrics { Origin = now.AddSeconds(-60) }.Gauge("load", 10, 1).Counter("orders", 20, 5));
        _dashboard.Service<QueueBudget>().TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        _dashboard.Service<TelemetryStore>().Add(batch);
        await _dashboard.WaitForResourceAsync("site-8001");
    }

    private async Task<Ending> StartNginxAsync(int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "nginx")).FullName;
        var temp = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {folder}/{kind};\n"));
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log; events {}
            http {
              access_log off; {{temp}}
              server {
                listen 127.0.0.1:{{port}};
                location /dashboard/ {
                  proxy_pass http://127.0.0.1:{{_dashboard.Url.Port}};
                  proxy_http_version 1.1;
                  proxy_set_header Host $http_host;
                }
                location / { return 404; }
              }
            }
            """);
        var process = Process.Start(new ProcessStartInfo("nginx", ["-p", folder, "-e", $"{folder}/error.log", "-c", file]))!;
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (!await CanConnectAsync(port))
        {
            if (late.IsCancellationRequested || process.HasExited)
            {
                throw new TimeoutException($"Nginx does not listen: {await File.ReadAllTextAsync(Path.Combine(folder, "error.log"), CancellationToken.None)}");
            }

            await Task.Delay(50, CancellationToken.None);
        }

        return new Ending(process);
    }

    private static async Task<bool> CanConnectAsync(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Ending(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // The master ends its workers at SIGTERM; killed, it would leave them.
            Process.Start("kill", ["-TERM", $"{process.Id}"]).Dispose();
            await process.WaitForExitAsync().WaitAsync(RunningDashboard.Patience);
            process.Dispose();
        }
    }
}
