using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd;

/// <summary>What somebody does with the dashboard, from the question to the answer, in a real browser beside a real stack.</summary>
[Collection("running stack")]
[Trait("kind", "e2e")]
public sealed partial class DashboardJourneyTests(RunningStack stack)
{
    private const string Culprit = "site-8002";
    private static readonly string[] Pages = ["/", "/resources", "/resources?view=graph", "/consolelogs", "/structuredlogs", "/structuredlogs?view=templates", "/traces", "/metrics", "/settings"];

    [Fact]
    public async Task The_error_behind_failing_requests_is_found_from_the_Overview_by_log_and_trace_to_the_console()
    {
        await LetOneReplicaFailAsync();
        await using var browser = await Browser.SignInAsync(stack);
        var page = browser.Page;

        await browser.OpenAsync("/?range=15m");
        await Expect(page.Locator(".verdict")).ToContainTextAsync(Culprit, new() { Timeout = 20_000 }); // until all replicas have sent their figures
        await browser.KeepAsync("overview");
        await page.Locator($".verdict li[data-key='{Culprit}'] a", new() { HasTextRegex = ErrorWords() }).First.ClickAsync();

        // Traces of failed requests, or the error records of the replica: both lead on.
        await Expect(page).ToHaveURLAsync(new Regex("structuredlogs|traces"));
        await browser.OpenAsync($"/structuredlogs/resource/{Culprit}?level=error&range=15m");
        await page.Locator("#lines .log-text", new() { HasText = "/fail" }).First.ClickAsync();
        await Expect(page.Locator("#record")).ToContainTextAsync("InvalidOperationException");
        await browser.KeepAsync("structured-log-record");
        await page.Locator("#record .log-spans").ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/traces/detail/"));
        await Expect(page.Locator(".span").First).ToContainTextAsync("/fail");
        await Expect(page.Locator(".trace-logs")).ToContainTextAsync("Looking for order 42");
        await page.GetByRole(AriaRole.Link, new() { Name = $"Console of {Culprit}" }).ClickAsync();

        await Expect(page.Locator("main")).ToContainTextAsync("Looking for order 42");
    }

    [Fact]
    public async Task A_replica_is_restarted_from_the_page_and_the_audit_tells_who_did_it()
    {
        var before = await ReplicaAsync("site-8003");
        await using var browser = await Browser.SignInAsync(stack);
        var page = browser.Page;
        await browser.OpenAsync("/resources?resource=site-8003");
        await browser.KeepAsync("resource-details");

        await page.Locator("a[data-command]", new() { HasTextRegex = RestartWord() }).First.ClickAsync();
        await page.Locator("dialog[open] button", new() { HasTextRegex = RestartWord() }).ClickAsync();

        await Eventually.TrueAsync(
            async () => await ReplicaAsync("site-8003") is var now && now.Pid != before.Pid && now.Health == "Ready", TimeSpan.FromSeconds(60),
            async () => $"pid before {before.Pid}, now {await ReplicaAsync("site-8003")}");
        await browser.OpenAsync("/resources?view=audit");
        await Expect(page.Locator("main")).ToContainTextAsync("site-8003");
        await Expect(page.Locator("main")).ToContainTextAsync(new Regex("restart", RegexOptions.IgnoreCase));
        await browser.KeepAsync("audit");
    }

    [Fact]
    public async Task A_live_tail_of_a_thousand_records_a_second_can_be_stopped_read_and_resumed()
    {
        await using var browser = await Browser.SignInAsync(stack);
        var page = browser.Page;
        await browser.OpenAsync("/structuredlogs?q=flood");
        await Expect(page.Locator("#pause")).ToHaveAttributeAsync("data-state", "live");
        await using var flood = await LogFlood.StartAsync(stack, recordsPerSecond: 1000);
        await Expect(page.Locator("#lines")).ToContainTextAsync("flood");
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);

        // A page that is frozen paints nothing.
        var frames = await page.EvaluateAsync<int>("() => new Promise(done => { let n = 0; const start = performance.now(); const tick = () => { n++; performance.now() - start > 2000 ? done(n) : requestAnimationFrame(tick); }; tick(); })");
        frames.ShouldBeGreaterThan(4, "frames painted in two seconds under load");
        (await page.EvaluateAsync<int>("() => document.querySelectorAll('#lines *').length")).ShouldBeLessThan(4000, "elements in the list");
        await page.Keyboard.PressAsync("p");
        await Expect(page.Locator("#pause")).ToHaveAttributeAsync("data-state", "paused");
        await Task.Delay(TimeSpan.FromMilliseconds(600), TimeProvider.System, TestContext.Current.CancellationToken);
        var held = await page.Locator("#lines .log-text").First.TextContentAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        (await page.Locator("#lines .log-text").First.TextContentAsync()).ShouldBe(held);
        await page.Keyboard.PressAsync("p");

        await Expect(page.Locator("#pause")).ToHaveAttributeAsync("data-state", "live");
        await Expect(page.Locator("#lines .log-text").First).Not.ToHaveTextAsync(held!);
        (await flood.StopAsync()).ShouldBeGreaterThan(3000);
    }

    [Fact]
    public async Task Every_page_is_reached_and_a_record_opened_and_closed_with_the_keyboard_alone()
    {
        await using var browser = await Browser.SignInAsync(stack);
        var keyboard = browser.Page.Keyboard;
        foreach (var (key, path) in ((string, string)[])[("r", "/resources"), ("c", "/consolelogs"), ("t", "/traces"), ("m", "/metrics"), ("Shift+S", "/settings"), ("o", "/"), ("s", "/structuredlogs")])
        {
            await keyboard.PressAsync(key);
            await Expect(browser.Page).ToHaveURLAsync(new Regex($"^http://[^/]+{path}({(path == "/" ? "" : "[/?].*")})?$"));
            await Expect(browser.Page.Locator("main")).ToBeVisibleAsync();
            // Keys mean something once the page's scripts have run.
            await browser.Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        }

        await Expect(browser.Page.Locator("#pause")).ToHaveAttributeAsync("data-state", "live");
        await keyboard.PressAsync("p");
        await Expect(browser.Page.Locator("#pause")).ToHaveAttributeAsync("data-state", "paused");
        await keyboard.PressAsync("j");
        await keyboard.PressAsync("j");
        await keyboard.PressAsync("Enter");
        await Expect(browser.Page.Locator("#record")).ToBeVisibleAsync();
        await keyboard.PressAsync("Escape");
        await Expect(browser.Page.Locator("#record")).ToBeHiddenAsync();
        await keyboard.PressAsync("?");
        await Expect(browser.Page.Locator("#keys")).ToBeVisibleAsync();
        await keyboard.PressAsync("Escape");
        await Expect(browser.Page.Locator("#keys")).ToBeHiddenAsync();
        await keyboard.PressAsync("/");
        await Expect(browser.Page.Locator("#search")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(390)]
    [InlineData(360)]
    [InlineData(1400)]
    public async Task No_page_has_to_be_scrolled_sideways(int width)
    {
        await using var browser = await Browser.SignInAsync(stack, new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = 800 }, ColorScheme = ColorScheme.Dark });
        foreach (var address in Pages)
        {
            await browser.OpenAsync(address);
            await Expect(browser.Page.Locator("main")).ToBeVisibleAsync();
            var overhang = await browser.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            overhang.ShouldBe(0, $"{address} at {width} px");
        }
    }

    [Fact]
    public async Task The_dark_theme_is_chosen_once_and_stays()
    {
        await using var browser = await Browser.SignInAsync(stack);
        var light = await GroundAsync(browser.Page);
        await browser.Page.Locator("[data-theme-form] button").ClickAsync();
        await browser.Page.Locator("[data-theme-form] button").ClickAsync();

        await browser.OpenAsync("/structuredlogs");
        await Expect(browser.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        var dark = await GroundAsync(browser.Page);
        (light, dark).ShouldSatisfyAllConditions(() => light.ShouldBeGreaterThan(200), () => dark.ShouldBeLessThan(60));
    }

    [Fact]
    public async Task Without_script_every_page_can_be_read_and_a_filter_sent()
    {
        await using var browser = await Browser.SignInAsync(stack, new BrowserNewPageOptions { ViewportSize = Browser.Wide, JavaScriptEnabled = false });
        foreach (var address in Pages)
        {
            await browser.OpenAsync(address);
            (await browser.Page.Locator("main").InnerTextAsync()).Trim().Length.ShouldBeGreaterThan(40, address);
        }

        await browser.OpenAsync("/structuredlogs");
        await browser.Page.Locator("#search").FillAsync("no such record as this one");
        await browser.Page.Locator("#search").PressAsync("Enter");
        await Expect(browser.Page.Locator("#no-lines")).ToContainTextAsync("No record matches");
        await browser.OpenAsync("/resources?resource=site-8001");
        await browser.Page.Locator("a[data-command]", new() { HasTextRegex = RestartWord() }).First.ClickAsync();
        await Expect(browser.Page.Locator("#confirm")).ToContainTextAsync("Restart site-8001");
    }

    [Theory]
    [InlineData("resources", "/resources")]
    [InlineData("graph", "/resources?view=graph")]
    [InlineData("structured-logs", "/structuredlogs?range=15m")]
    [InlineData("templates", "/structuredlogs?view=templates")]
    [InlineData("traces", "/traces?range=15m")]
    [InlineData("metrics", "/metrics/resource/site/meter/Microsoft.AspNetCore.Hosting/instrument/http.server.request.duration?range=15m")]
    [InlineData("settings", "/settings")]
    public async Task Each_page_shows_what_it_is_for(string name, string address)
    {
        await LetOneReplicaFailAsync(requests: 20);
        await using var browser = await Browser.SignInAsync(stack);
        await browser.OpenAsync(address);
        await Expect(browser.Page.Locator("main")).ToContainTextAsync(name is "settings" ? "segment" : "site", new() { IgnoreCase = true });
        await browser.KeepAsync(name);
    }

    [GeneratedRegex("^\\s*Restart", RegexOptions.IgnoreCase)]
    private static partial Regex RestartWord();

    [GeneratedRegex("error|fail", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorWords();

    private static Task<int> GroundAsync(IPage page) => page.EvaluateAsync<int>("() => parseInt(getComputedStyle(document.body.parentElement).backgroundColor.match(/\\d+/)[0])");

    /// <summary>Enough requests to each replica to be compared, and to one of them as many that fail.</summary>
    private static async Task LetOneReplicaFailAsync(int requests = 120)
    {
        using var client = new HttpClient();
        for (var i = 0; i < requests; i++)
        {
            foreach (var port in Enumerable.Range(8001, Environment.ProcessorCount * 2))
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/whoami"), TestContext.Current.CancellationToken);
            }

            if (i % 2 == 0)
            {
                using var failed = await client.GetAsync(new Uri("http://127.0.0.1:8002/fail"), TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<(int? Pid, string? Health)> ReplicaAsync(string name)
    {
        var replica = (await stack.ReplicasAsync()).Single(r => r.GetProperty("name").GetString() == name);
        return (replica.GetProperty("pid") is { ValueKind: System.Text.Json.JsonValueKind.Number } pid ? pid.GetInt32() : null, replica.GetProperty("health").GetString());
    }
}
