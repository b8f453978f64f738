using Microsoft.Playwright;

namespace EndToEnd;

/// <summary>The dashboard in a real browser, beside a real stack.</summary>
[Collection("running stack")]
[Trait("kind", "e2e")]
public sealed class DashboardTests(RunningStack stack) : IAsyncLifetime
{
    private static readonly int Replicas = Environment.ProcessorCount * 2;
    private readonly List<string> _messages = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IPage? _page;

    private IPage Page => _page ?? throw new InvalidOperationException("The browser has not been started.");

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            Timeout = 120_000,
        });
        _page = await _browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 800 }, ColorScheme = ColorScheme.Light });
        _page.SetDefaultTimeout(60_000);
        _page.Console += (_, message) => _messages.Add($"{message.Type}: {message.Text}");
        var (_, login, _) = await stack.DashboardAsync();
        await _page.GotoAsync(login.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _messages.ShouldBeEmpty("messages in the browser's console");
    }

    [Fact]
    public async Task The_login_link_signs_in_and_its_token_leaves_the_address()
    {
        Page.Url.ShouldNotContain("t=");
        Page.Url.ShouldNotContain("login");
        await using var stranger = await _browser!.NewContextAsync();
        var page = await stranger.NewPageAsync();
        await page.GotoAsync((await stack.DashboardAsync()).Url.ToString());
        page.Url.ShouldContain("/login");
    }

    [Fact]
    public async Task The_replicas_are_shown_as_the_status_has_them()
    {
        foreach (var replica in await stack.ReplicasAsync())
        {
            var row = Page.Locator($"tr[data-replica='{replica.GetProperty("name").GetString()}']");
            await Assertions.Expect(row).ToContainTextAsync($"{replica.GetProperty("port").GetInt32()}");
            await Assertions.Expect(row).ToContainTextAsync($"{replica.GetProperty("pid").GetInt32()}");
        }

        await Assertions.Expect(Page.GetByText("localhost:8080").First).ToBeVisibleAsync();
        await KeepAsync("dashboard");
    }

    [Fact]
    public async Task The_request_logs_of_all_replicas_are_in_one_list_that_can_be_filtered()
    {
        var url = (await stack.DashboardAsync()).Url;
        await AskEveryReplicaAsync("/browser-probe");

        await Page.GotoAsync(new Uri(url, "/structuredlogs?q=browser-probe").ToString());
        for (var i = 0; i < Replicas; i++)
        {
            await Assertions.Expect(Page.Locator("#lines")).ToContainTextAsync($"site-{8001 + i}");
        }

        await KeepAsync("structured-logs");
        await Page.GotoAsync(new Uri(url, "/structuredlogs/resource/site-8002?q=browser-probe").ToString());
        await Assertions.Expect(Page.Locator("#lines")).ToContainTextAsync("site-8002");
        await Assertions.Expect(Page.Locator("#lines")).Not.ToContainTextAsync("site-8001");
    }

    [Fact]
    public async Task A_request_made_while_the_page_is_open_appears_without_a_reload()
    {
        var url = (await stack.DashboardAsync()).Url;
        var path = $"/live-probe-{Guid.NewGuid():N}";
        await Page.GotoAsync(new Uri(url, "/structuredlogs").ToString());
        await Page.WaitForFunctionAsync("() => document.querySelector('#lines') !== null");

        await AskEveryReplicaAsync(path);

        await Assertions.Expect(Page.Locator("#lines")).ToContainTextAsync(path);
    }

    [Fact]
    public async Task The_console_of_one_replica_can_be_read()
    {
        var url = (await stack.DashboardAsync()).Url;

        await Page.GotoAsync(new Uri(url, "/consolelogs/resource/site-8001").ToString());

        await Assertions.Expect(Page.GetByText("http://127.0.0.1:8001").First).ToBeVisibleAsync();
        await KeepAsync("console");
    }

    private static async Task AskEveryReplicaAsync(string path)
    {
        using var client = new HttpClient();
        for (var i = 0; i < Replicas; i++)
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{8001 + i}{path}"), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Keeps pictures of the page for the documentation, light, dark and narrow, when a folder for them is named.</summary>
    private async Task KeepAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("STACK_PICTURES") is not { Length: > 0 } folder)
        {
            return;
        }

        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-dark.png") });
        await Page.SetViewportSizeAsync(390, 800);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-narrow.png") });
    }
}
