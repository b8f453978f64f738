using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace EndToEnd;

/// <summary>The dashboard in a real browser, beside a real stack.</summary>
[Collection("running stack")]
[Trait("kind", "e2e")]
public sealed class DashboardTests(RunningStack stack) : IAsyncLifetime
{
    private static readonly int Replicas = Environment.ProcessorCount * 2;
    private Browser? _browser;

    private Browser Browser => _browser ?? throw new InvalidOperationException("The browser has not been started.");

    private IPage Page => Browser.Page;

    public async ValueTask InitializeAsync() => _browser = await EndToEnd.Browser.SignInAsync(stack);

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_login_link_signs_in_and_its_token_leaves_the_address()
    {
        Page.Url.ShouldNotContain("t=");
        Page.Url.ShouldNotContain("login");
        var page = await Browser.StrangerAsync();
        await page.GotoAsync((await stack.DashboardAsync()).Url.ToString());
        page.Url.ShouldContain("/login");
    }

    [Fact]
    public async Task The_replicas_are_shown_as_the_status_has_them()
    {
        await Page.GotoAsync(new Uri((await stack.DashboardAsync()).Url, "/resources").ToString());
        foreach (var replica in await stack.ReplicasAsync())
        {
            var row = Page.Locator($"tr[data-replica='{replica.GetProperty("name").GetString()}']");
            await Assertions.Expect(row).ToContainTextAsync($"{replica.GetProperty("port").GetInt32()}");
            await Assertions.Expect(row).ToContainTextAsync($"{replica.GetProperty("pid").GetInt32()}");
        }

        await Assertions.Expect(Page.GetByText("localhost:8080").First).ToBeVisibleAsync();
        await Browser.KeepAsync("dashboard");
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

        await Browser.KeepAsync("structured-logs");
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
        await Browser.KeepAsync("console");
    }

    [Fact]
    public async Task A_request_through_the_gateway_is_one_trace_of_Nginx_and_the_replica()
    {
        var (url, _, key) = await stack.DashboardAsync();
        var path = $"/trace-probe-{Guid.NewGuid():N}";
        using var answer = await stack.Gateway.GetAsync(new Uri($"{path}?token=secret", UriKind.Relative), TestContext.Current.CancellationToken);

        var (trace, replica) = await TraceAsync(url, key, path);

        await Page.GotoAsync(new Uri(url, $"/traces/detail/{trace}").ToString());
        await Assertions.Expect(Page.Locator(".span .log-replica").First).ToHaveTextAsync("nginx");
        await Assertions.Expect(Page.Locator(".span .log-replica").Nth(1)).ToHaveTextAsync(replica);
        await Page.Locator(".span a.log-text").First.ClickAsync();
        await Assertions.Expect(Page.Locator("#pane")).ToContainTextAsync("token=***");
        await Browser.KeepAsync("trace");
        await Page.GotoAsync(new Uri(url, "/traces").ToString());
        await Assertions.Expect(Page.Locator($"a[href*='/traces/detail/{trace}']", new() { HasText = path })).ToBeVisibleAsync();
        await Browser.KeepAsync("traces");
        await stack.HasMetricsAsync("nginx");
    }

    private static async Task AskEveryReplicaAsync(string path)
    {
        using var client = new HttpClient();
        for (var i = 0; i < Replicas; i++)
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{8001 + i}{path}"), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for the trace of a request, and returns its id and the replica whose span is a child of Nginx's.</summary>
    private static async Task<(string Trace, string Replica)> TraceAsync(Uri url, string key, string path)
    {
        using var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Add("X-API-Key", key);
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?limit=100", TestContext.Current.CancellationToken);
            var spans = answer.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
                .SelectMany(sender => sender.GetProperty("scopeSpans").EnumerateArray().SelectMany(scope => scope.GetProperty("spans").EnumerateArray()).Select(span => (Sender: Attribute(sender.GetProperty("resource"), "service.instance.id"), Span: span)))
                .ToList();
            var gateway = spans.Find(span => span.Sender == "nginx" && Attribute(span.Span, "url.path") == path);
            if (gateway.Sender is not null
                && spans.Find(span => span.Span.TryGetProperty("parentSpanId", out var parent) && parent.GetString() == gateway.Span.GetProperty("spanId").GetString()) is { Sender: { } replica } child)
            {
                replica.ShouldBe(Attribute(gateway.Span, "stack.upstream"));
                child.Span.GetProperty("traceId").GetString().ShouldBe(gateway.Span.GetProperty("traceId").GetString());
                return (gateway.Span.GetProperty("traceId").GetString()!, replica);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"There is no trace of {path} with a span of Nginx and one of a replica below it.");
    }

    private static string? Attribute(JsonElement item, string key)
        => item.GetProperty("attributes").EnumerateArray().Where(a => a.GetProperty("key").GetString() == key).Select(a => a.GetProperty("value").GetProperty("stringValue").GetString()).FirstOrDefault();
}
