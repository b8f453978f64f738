using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd;

/// <summary>A stack in production is operated from the pages of its dashboard, while somebody uses the site.</summary>
[Collection("product ports")]
[Trait("kind", "e2e")]
public sealed class OperatingTests(ProductionStack stack) : IClassFixture<ProductionStack>
{
    private const int Patience = 60_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly int Replicas = Environment.ProcessorCount * 2;

    [Fact]
    public async Task Roll_scale_stop_start_and_restart_from_the_page_cost_no_request_and_are_in_the_audit()
    {
        await using var browser = await Browser.SignInAsync(stack);
        var page = browser.Page;
        await browser.OpenAsync("/resources");
        using var load = new SteadyLoad(new Uri("http://localhost:8080/whoami"));
        await load.UntilAsync(50);
        var before = await PidsAsync();

        await CommandAsync(page, "tr[data-sum='site'] a[href*='command=roll']", $"All {Replicas} replicas of 'site' that run are restarted one after another");
        await UntilAsync(all => all.Count == Replicas && all.All(r => IsReady(r) && Pid(r) is { } pid && !before.Contains(pid)), "all replicas have new processes");
        foreach (var replica in await stack.ReplicasAsync())
        {
            await Expect(page.Locator($"tr[data-replica='{Name(replica)}']")).ToContainTextAsync($"{Pid(replica)}", new() { Timeout = Patience });
        }

        await CommandAsync(page, $"tr[data-sum='site'] a[href*='replicas={Replicas + 1}']", $"'site' has {Replicas} replicas");
        await UntilAsync(all => all.Count == Replicas + 1 && all.All(IsReady), "there is one more");
        var newest = $"site-{8001 + Replicas}";
        await Expect(page.Locator($"tr[data-replica='{newest}'] td[data-label=Health]")).ToContainTextAsync("Ready", new() { Timeout = Patience });
        await CommandAsync(page, $"tr[data-sum='site'] a[href*='replicas={Replicas}']", $"'site' has {Replicas + 1} replicas");
        await UntilAsync(all => all.Count == Replicas && all.All(IsReady), "it is gone again");
        await Expect(page.Locator($"tr[data-replica='{newest}']")).ToHaveCountAsync(0, new() { Timeout = Patience });

        await CommandAsync(page, "tr[data-replica='site-8003'] a[href*='command=stop']", "'site-8003' gets no more requests, is stopped");
        await UntilAsync(all => all.Single(r => Name(r) == "site-8003").GetProperty("state").GetString() == "Stopped", "site-8003 has stopped");
        await Expect(page.Locator("tr[data-replica='site-8003'] td.state")).ToContainTextAsync("Stopped", new() { Timeout = Patience });
        await CommandAsync(page, "tr[data-replica='site-8003'] a[href*='command=start']", "'site-8003' is started.");
        await UntilAsync(all => all.All(IsReady), "site-8003 is ready again");
        var former = Pid((await stack.ReplicasAsync()).Single(r => Name(r) == "site-8002"));
        await CommandAsync(page, "tr[data-replica='site-8002'] a[href*='command=restart']", "'site-8002' gets no more requests, is stopped, and is started again.");
        await UntilAsync(all => all.All(r => IsReady(r) && Pid(r) != former), "site-8002 has a new process");

        await load.UntilAsync(50);
        (await load.StopAsync()).ShouldBeEmpty();
        await ShouldBeInAuditAsync(browser, ("restart", "site-8002"), ("start", "site-8003"), ("stop", "site-8003"), ("scale", "site"), ("scale", "site"), ("roll", "site"));
    }

    [Fact]
    public async Task Viewers_token_shows_no_command_and_is_refused_one_that_is_sent_all_the_same()
    {
        await using var browser = await Browser.SignInAsync(stack, token: ProductionStack.ViewerToken);
        var page = browser.Page;
        var before = await PidsAsync();

        foreach (var address in (string[])["/resources", "/resources?resource=site", "/resources?resource=site-8001"])
        {
            await browser.OpenAsync(address);
            await Expect(page.Locator("tr[data-replica='site-8001']")).ToBeVisibleAsync();
            await Expect(page.Locator("[data-command], .commands, a[href*='/resources/command']")).ToHaveCountAsync(0);
        }

        await browser.OpenAsync("/resources/command?name=site&command=roll");
        await Expect(page.Locator("#confirm [role=alert]")).ToHaveTextAsync("Your token only reads. Sign in with the operator's token to give commands.");
        await Expect(page.Locator("#confirm button")).ToHaveCountAsync(0);

        // By hand, with a form's token that is right.
        var form = page.APIRequest.CreateFormData();
        form.Set("__RequestVerificationToken", (await page.Locator("form[action='/logout'] input[name=__RequestVerificationToken]").First.GetAttributeAsync("value"))!);
        form.Set("name", "site");
        form.Set("command", "roll");
        var answer = await page.APIRequest.PostAsync(new Uri(new Uri(page.Url), "/resources/command").ToString(), new APIRequestContextOptions { Form = form, MaxRedirects = 0 });

        answer.Status.ShouldBe(403);
        (await PidsAsync()).ShouldBe(before);
        await browser.OpenAsync("/resources?view=audit");
        await Expect(page.Locator(".audit tbody tr").First).ToHaveTextAsync(new Regex(@"viewer\s+\S+\s+roll\s+site\s+Forbidden"));
    }

    /// <summary>Clicks on a command, reads what the question says, and says yes.</summary>
    private static async Task CommandAsync(IPage page, string link, string explained)
    {
        await page.Locator(link).First.ClickAsync();
        var dialog = page.Locator("dialog[open]");
        await Expect(dialog).ToContainTextAsync(explained, new() { Timeout = Patience });
        await dialog.Locator("button").ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0, new() { Timeout = Patience });
    }

    private static async Task ShouldBeInAuditAsync(Browser browser, params (string Command, string Target)[] newestFirst)
    {
        await browser.OpenAsync("/resources?view=audit");
        var lines = browser.Page.Locator(".audit tbody tr");
        for (var i = 0; i < newestFirst.Length; i++)
        {
            await Expect(lines.Nth(i)).ToHaveTextAsync(new Regex($@"operator\s+\S+\s+{newestFirst[i].Command}( to \d+)?\s+{newestFirst[i].Target}\s+Done"), new() { Timeout = Patience });
        }
    }

    /// <summary>Waits until nothing is under way any more, and the replicas are as they should be.</summary>
    private async Task UntilAsync(Func<IReadOnlyList<JsonElement>, bool> isSo, string what)
    {
        var site = default(JsonElement);
        await Eventually.TrueAsync(
            async () =>
            {
                site = (await stack.StatusAsync()).GetProperty("resources").EnumerateArray().Single(r => r.GetProperty("name").GetString() == "site");
                return site.GetProperty("rollout").ValueKind == JsonValueKind.Null && isSo([.. site.GetProperty("replicas").EnumerateArray()]);
            },
            Limit,
            () => Task.FromResult($"{what}: {site}"));
    }

    private async Task<List<int?>> PidsAsync() => [.. (await stack.ReplicasAsync()).Select(Pid)];

    private static string Name(JsonElement replica) => replica.GetProperty("name").GetString()!;

    private static bool IsReady(JsonElement replica) => replica.GetProperty("state").GetString() == "Running" && replica.GetProperty("health").GetString() == "Ready";

    private static int? Pid(JsonElement replica) => replica.GetProperty("pid") is { ValueKind: JsonValueKind.Number } pid ? pid.GetInt32() : null;
}
