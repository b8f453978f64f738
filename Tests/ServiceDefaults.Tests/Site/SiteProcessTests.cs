using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Site;

[Trait("kind", "process")]
public class SiteProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Without_any_variable_the_site_is_a_plain_one()
    {
        await using var site = await SiteProcess.StartAsync();
        using var client = site.CreateClient();

        using var who = JsonDocument.Parse(await client.GetStringAsync("/whoami", TestContext.Current.CancellationToken));
        var home = await client.GetStringAsync("/", TestContext.Current.CancellationToken);

        who.RootElement.GetProperty("replica").GetString().ShouldBe($"{Environment.MachineName}:{site.Id}");
        who.RootElement.GetProperty("port").GetInt32().ShouldBe(site.Address.Port);
        who.RootElement.GetProperty("pid").GetInt32().ShouldBe(site.Id);
        home.ShouldContain("This page was made by");
        await site.SeeAsync("Stack.Request[9101] GET / 200 in ");
        site.Terminate();
        (await site.ExitAsync()).ShouldBe(0);
        site.Output.ShouldNotContain("fail:");
    }

    [Fact]
    public async Task Static_assets_run_from_the_build_output_in_production_and_compressed_come_with_their_content()
    {
        await using var site = await SiteProcess.StartAsync(("ASPNETCORE_ENVIRONMENT", "Production"));
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip }) { BaseAddress = site.Address };

        var styles = await client.GetStringAsync("/css/site.css", TestContext.Current.CancellationToken);

        styles.ShouldBe(await File.ReadAllTextAsync(Path.Combine(SiteProcess.ProjectFolder, "wwwroot/css/site.css"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    public async Task Static_assets_are_in_the_request_log_unless_switched_off(string setting, int lines)
    {
        await using var site = await SiteProcess.StartAsync(("Stack__RequestSummary__StaticAssets", setting));
        using var client = site.CreateClient();

        await client.GetStringAsync("/css/site.css", TestContext.Current.CancellationToken);
        await client.GetStringAsync("/whoami", TestContext.Current.CancellationToken);
        await site.SeeAsync("GET /whoami 200");

        site.Output.Split('\n').Count(line => line.Contains("route {static}")).ShouldBe(lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Slow_request_that_is_under_way_at_TERM_or_at_the_end_of_the_lifeline_is_answered_before_the_end(bool lifeline)
    {
        await using var site = await (lifeline ? SiteProcess.StartAsync(("STACK_LIFELINE", "stdin")) : SiteProcess.StartAsync());
        using var visitor = new Visitor();
        var page = await visitor.GetAsync(new Uri(site.Address, "/sign-up"));
        var body = await Visitor.Fields(page.QuerySelector("main form")!, ("Name", "Ada"), ("Password", "one that takes its time")).ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, site.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = slow.GetStream();
        using var answer = new StreamReader(stream, Encoding.ASCII);

        await SendAsync(stream, $"POST /sign-up HTTP/1.1\r\nHost: {site.Address.Authority}\r\nCookie: {visitor.CookiesFor(site.Address)}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body[..20]}");
        await UntilInFlightAsync(site, 1);
        if (lifeline)
        {
            site.Input.Close();
        }
        else
        {
            site.Terminate();
        }

        await site.SeeAsync("Application is shutting down...");
        await SendAsync(stream, body[20..]);
        var status = await answer.ReadLineAsync(TestContext.Current.CancellationToken);

        status.ShouldBe("HTTP/1.1 302 Found");
        (await site.ExitAsync()).ShouldBe(0);
        site.Output.ShouldContain("Stack.Request[9101] POST /sign-up 302 in ");
    }

    private static ValueTask SendAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    private static async Task UntilInFlightAsync(SiteProcess site, int count)
    {
        using var client = site.CreateClient();
        client.DefaultRequestHeaders.Accept.Add(new("application/json"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        for (var seen = -1; seen != count;)
        {
            using var report = JsonDocument.Parse(await client.GetStringAsync("/alive", limit.Token));
            seen = report.RootElement.GetProperty("inFlight").GetInt32();
        }
    }
}
