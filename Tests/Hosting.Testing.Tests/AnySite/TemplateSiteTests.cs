using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Testing;

namespace Hosting.Testing.Tests.AnySite;

/// <summary>The SDK's own templates, which reference nothing of Stack, as four replicas behind Nginx.</summary>
[Trait("kind", "process")]
public sealed partial class TemplateSiteTests(RunningSites running) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await running.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("mvc", "/Home/Privacy/7", "GET Home/Privacy/{id?}")]
    [InlineData("razor", "/", "GET /")]
    [InlineData("razor", "/Privacy", "GET Privacy")]
    [InlineData("api", "/weatherforecast", "GET /weatherforecast")]
    public async Task Every_replica_is_in_the_dashboard_with_spans_that_have_the_name_of_the_route_and_a_record_of_each_request(string site, string path, string name)
    {
        using var client = From("127.0.0.1", running.App.GetEndpoint("gateway", "http"));
        client.DefaultRequestHeaders.Host = $"{site}.example";
        var replicas = running.Names(site).Order(StringComparer.Ordinal).ToList();
        replicas.Count.ShouldBe(RunningSites.Replicas);

        await AskUntilAsync(client, path, async () => (await SpansOfAsync(site, name)).Select(s => s.Instance).Distinct().Order(StringComparer.Ordinal).SequenceEqual(replicas));

        var span = (await SpansOfAsync(site, name))[0];
        span.Service.ShouldBe(site);
        span.Attributes["http.response.status_code"].ShouldBe("200");
        span.Attributes["url.path"].ShouldBe(path);
        await Wait.UntilAsync(async () => (await RecordsAsync(path)).Select(r => r.Instance).Distinct().Order(StringComparer.Ordinal).SequenceEqual(replicas), timeout: Limit);
        await Wait.UntilAsync(async () => (await running.Dashboard.MeasuredAsync(site, "http.server.request.duration")).SequenceEqual(replicas), timeout: Limit);
        await Wait.UntilAsync(async () => (await running.Dashboard.InstancesAsync(site)).SequenceEqual(replicas), timeout: Limit);
    }

    [Theory]
    [InlineData("mvc", "/Home/Privacy/7", "GET Home/Privacy/{id?}")]
    [InlineData("razor", "/Privacy", "GET Privacy")]
    [InlineData("api", "/weatherforecast", "GET /weatherforecast")]
    public async Task Request_through_the_gateway_is_one_trace_of_Nginx_and_the_replica_that_answered(string site, string path, string name)
    {
        using var client = From("127.0.0.1", running.App.GetEndpoint("gateway", "http"));
        client.DefaultRequestHeaders.Host = $"{site}.example";

        using var answer = await client.GetAsync($"{path}?once={site}", Cancelled);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        IReadOnlyList<ShownSpan> spans = [];
        await Wait.UntilAsync(async () => Gateways(spans = await running.Dashboard.SpansAsync()) is [var its] && spans.Any(s => s.Parent == its.Id), () => $"{spans.Count} spans", Limit);
        var gateway = Gateways(spans).Single();
        var replica = spans.Single(s => s.Parent == gateway.Id);
        gateway.Parent.ShouldBeEmpty();
        replica.Trace.ShouldBe(gateway.Trace);
        replica.Name.ShouldBe(name);
        replica.Instance.ShouldBe(gateway.Attributes["stack.upstream"]);
        running.Names(site).ShouldContain(replica.Instance);

        IReadOnlyList<ShownSpan> Gateways(IEnumerable<ShownSpan> all) => [.. all.Where(s => s.Service == "nginx" && s.Attributes.GetValueOrDefault("url.query") == $"once={site}")];
    }

    [Fact]
    public async Task Client_and_scheme_are_those_that_the_gateway_saw()
    {
        using var client = From("127.0.0.9", running.App.GetEndpoint("gateway", "http"));
        using var direct = From("127.0.0.1", running.Addresses("mvc")[0]);
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/Echo") { Headers = { { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Host", "shop.example" }, { "X-Forwarded-For", "203.0.113.7" } } };

        var byGateway = await client.GetStringAsync("/Echo", Cancelled);
        var byHeaders = await (await direct.SendAsync(forwarded, Cancelled)).Content.ReadAsStringAsync(Cancelled);

        byGateway.ShouldStartWith("http 127.0.0.9 ");
        byHeaders.ShouldBe("https 203.0.113.7 shop.example");
        await Wait.UntilAsync(async () => (await RecordsAsync("/Echo")).Any(r => r.Attributes["Client"] == "127.0.0.9"), timeout: Limit);
    }

    [Fact]
    public async Task Form_of_one_replica_is_taken_by_another_and_after_a_restart()
    {
        using var client = From("127.0.0.1", running.Addresses("razor")[0]);
        using var page = await client.GetAsync("/Form", Cancelled);
        var token = Token().Match(await page.Content.ReadAsStringAsync(Cancelled)).Groups["token"].Value;
        var cookie = page.Headers.GetValues("Set-Cookie").Single(c => c.Contains("Antiforgery", StringComparison.Ordinal)).Split(';')[0];

        (await PostAsync(running.Addresses("razor")[1], token, cookie, "from another")).ShouldContain("from another");
        var restarted = await running.App.ResourceCommands.ExecuteCommandAsync(running.Names("razor")[2], KnownResourceCommands.RestartCommand, Cancelled).Within(Limit);
        restarted.ErrorMessage.ShouldBeNull();
        (await PostAsync(running.Addresses("razor")[2], token, cookie, "after a restart")).ShouldContain("after a restart");
    }

    [Fact]
    public async Task Static_files_are_there()
    {
        using var client = From("127.0.0.1", running.Addresses("mvc")[0]);

        (await client.GetStringAsync("/lib/bootstrap/dist/css/bootstrap.min.css", Cancelled)).Length.ShouldBeGreaterThan(100_000);
    }

    [Fact]
    public async Task Only_who_drains_gets_the_count_of_requests()
    {
        using var client = From("127.0.0.1", running.Addresses("mvc")[0]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive") { Headers = { { "Accept", "application/json" } } };

        using var answer = await client.SendAsync(request, Cancelled);
        using var other = await client.GetAsync("/alive", Cancelled);
        using var health = await client.GetAsync("/health", Cancelled);

        (await answer.Content.ReadAsStringAsync(Cancelled)).ShouldMatch($$"""^\{"instance":"{{running.Names("mvc")[0]}}","inFlight":\d+,"longLived":0,""");
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        health.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<IReadOnlyList<ShownSpan>> SpansOfAsync(string site, string name) => [.. (await running.Dashboard.SpansAsync()).Where(s => s.Service == site && s.Name == name)];

    private async Task<IReadOnlyList<ShownLog>> RecordsAsync(string path) => [.. (await running.Dashboard.LogsAsync()).Where(l => l.Category == "Stack.Request" && l.Attributes["Path"] == path)];

    private static async Task AskUntilAsync(HttpClient client, string path, Func<Task<bool>> seen)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await seen())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Limit, $"not all replicas had sent spans of {path}");
            using var answer = await client.GetAsync(path, Cancelled);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        }
    }

    private static async Task<string> PostAsync(Uri replica, string token, string cookie, string text)
    {
        using var client = From("127.0.0.1", replica);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/Form")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["text"] = text, ["__RequestVerificationToken"] = token }),
            Headers = { { "Cookie", cookie } },
        };
        using var answer = await client.SendAsync(request, Cancelled);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    // The address that the client comes from: all of 127.0.0.0/8 is this machine.
    private static HttpClient From(string address, Uri site) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, token) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = site,
    };

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
