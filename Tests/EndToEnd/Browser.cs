using Microsoft.Playwright;

namespace EndToEnd;

/// <summary>A page in a real browser, signed in to the dashboard. Whatever the browser has to say of it fails the test.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly List<string> _messages = [];
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Uri _url;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page, Uri url)
    {
        (_playwright, _browser, Page, _url) = (playwright, browser, page, url);
        page.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(20_000);
        page.Console += (_, message) => _messages.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _messages.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Starts one and follows the login link, or signs in with another token.</summary>
    public static async Task<Browser> SignInAsync(RunningStack stack, BrowserNewPageOptions? options = null, string? token = null)
    {
        var playwright = await Playwright.CreateAsync();
        try
        {
            var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
                Timeout = 120_000,
            });
            var page = await browser.NewPageAsync(options ?? new BrowserNewPageOptions { ViewportSize = Wide, ColorScheme = ColorScheme.Light });
            var (url, login, _) = await stack.DashboardAsync();
            var signedIn = new Browser(playwright, browser, page, url);
            await page.GotoAsync((token is null ? login : new Uri(url, $"/login?t={token}")).ToString());
            return signedIn;
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    public static ViewportSize Wide => new() { Width = 1400, Height = 900 };

    public static ViewportSize Phone => new() { Width = 390, Height = 800 };

    /// <summary>A page of somebody who has not signed in.</summary>
    public Task<IPage> StrangerAsync() => _browser.NewPageAsync();

    public Task OpenAsync(string address) => Page.GotoAsync(new Uri(_url, address).ToString());

    /// <summary>Keeps pictures of the page for the documentation, light, dark and narrow, when a folder for them is named; leaves the page as it was.</summary>
    public async Task KeepAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("STACK_PICTURES") is not { Length: > 0 } folder)
        {
            return;
        }

        await PictureAsync(folder, name);
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await PictureAsync(folder, $"{name}-dark");
        await Page.SetViewportSizeAsync(Phone.Width, Phone.Height);
        await PictureAsync(folder, $"{name}-narrow");
        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await Page.SetViewportSizeAsync(Wide.Width, Wide.Height);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _messages.ShouldBeEmpty("messages in the browser's console");
    }

    private Task<byte[]> PictureAsync(string folder, string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
}
