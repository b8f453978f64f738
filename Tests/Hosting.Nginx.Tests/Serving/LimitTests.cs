using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class LimitTests
{
    private static readonly LimitsPlan Usual = new(30_000_000, 32_768, TimeSpan.FromSeconds(60), PerClientRate: null);

    [Theory]
    [InlineData(29_000_000, HttpStatusCode.OK)]
    [InlineData(30_000_000, HttpStatusCode.OK)]
    [InlineData(31_000_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_is_as_large_as_it_may_be_and_a_larger_one_reaches_no_replica(int bytes, HttpStatusCode status)
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, Usual);

        using HttpRequestMessage request = new(HttpMethod.Post, "/length") { Content = new ByteArrayContent(new byte[bytes]), Headers = { ExpectContinue = true } };
        using var response = await nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(status);
        sites.Requests.ShouldBe(status == HttpStatusCode.OK ? 1 : 0);
    }

    [Fact]
    public async Task Cookies_of_16_KB_pass_in_pieces_and_in_one()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, Usual);

        (await StatusAsync(nginx, [.. Enumerable.Range(0, 4).Select(part => $"Cookie: part{part}={new string('c', 4_000)}")])).ShouldBe(200);
        (await StatusAsync(nginx, [$"Cookie: one={new string('c', 16_000)}"])).ShouldBe(200);
        sites.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_header_that_is_too_long_gets_an_answer_and_reaches_no_replica()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, Usual);

        (await StatusAsync(nginx, [$"X-Long: {new string('x', 17_000)}"])).ShouldBe(400);
        (await StatusAsync(nginx, [], $"/?{new string('q', 17_000)}")).ShouldBe(414);
        sites.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_replica_that_says_nothing_for_too_long_gets_its_client_the_page()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, Usual with { Timeout = TimeSpan.FromSeconds(1) });

        using var response = await nginx.Client.GetAsync("/never", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("The site is not answering");
    }

    [Fact]
    public async Task A_client_that_asks_too_often_gets_429_with_the_page_and_the_supervisor_does_not()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, Usual with { PerClientRate = 1 }, source => File.WriteAllText(Path.Combine(source, "errors", "429.html"), "my page, <!--#echo var=\"stack_request_id\" -->"));

        List<HttpResponseMessage> responses = [];
        for (var request = 0; request < 20; request++)
        {
            responses.Add(await nginx.Client.GetAsync("/", TestContext.Current.CancellationToken));
        }

        var refused = responses.Where(response => response.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        responses.Count(response => response.StatusCode == HttpStatusCode.OK).ShouldBeInRange(3, 15);
        refused.Count.ShouldBe(20 - sites.Requests);
        refused[0].Headers.RetryAfter.ShouldBe(new RetryConditionHeaderValue(TimeSpan.FromSeconds(1)));
        (await refused[0].Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe($"my page, {refused[0].Headers.GetValues("X-Request-ID").Single()}");
        for (var probe = 0; probe < 10; probe++)
        {
            (await nginx.Client.GetAsync(NginxNames.HealthPath, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task What_replicas_send_uncompressed_is_compressed()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites, null);
        using HttpRequestMessage request = new(HttpMethod.Get, "/headers") { Headers = { AcceptEncoding = { new("gzip") } } };
        request.Headers.Add("X-Long", new string('x', 3_000));

        using var response = await nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length.ShouldBeLessThan(1_000);
    }

    private static Task<RunningNginx> StartAsync(Sites sites, LimitsPlan? limits, Action<string>? edit = null) =>
        RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, edit, request => request with { Options = new() { Limits = limits } });

    /// <summary>By hand: HttpClient has limits of its own.</summary>
    private static async Task<int> StatusAsync(RunningNginx nginx, string[] headers, string path = "/")
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, nginx.Port, TestContext.Current.CancellationToken);
        var lines = headers.Append("Connection: close").Append("Host: localhost").Prepend($"GET {path} HTTP/1.1");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => $"{line}\r\n")) + "\r\n"), TestContext.Current.CancellationToken);
        using StreamReader reader = new(client.GetStream());
        return int.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ')[1]);
    }
}
