using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Gateway;

public class ForwardedHeadersTests
{
    private const string Foreign = "203.0.113.9";

    private static readonly (string, string)[] Forwarded =
        [("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "www.example.org")];

    [Fact]
    public async Task Gateway_on_this_machine_is_believed()
    {
        await using var site = await StartAsync();

        (await SeenFromAsync(site, "127.0.0.1")).ShouldBe("198.51.100.7 https www.example.org");
        (await site.SummaryAsync()).Values["Client"]!.ToString().ShouldBe("198.51.100.7");
        site.Logs.Lines.ShouldNotContain(line => line.EventId == 9301);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forged_headers_from_a_foreign_address_are_ignored_and_told_of_once(bool frameworkSwitch)
    {
        await using var site = await StartAsync(new() { ["FORWARDEDHEADERS_ENABLED"] = frameworkSwitch ? "true" : null });

        (await SeenFromAsync(site, Foreign)).ShouldBe($"{Foreign} http site.test");
        (await SeenFromAsync(site, Foreign)).ShouldBe($"{Foreign} http site.test");

        var warning = site.Logs.Lines.Where(line => line.EventId == 9301).ShouldHaveSingleItem();
        warning.Level.ShouldBe(LogLevel.Warning);
        warning.Message.ShouldBe("A request from 203.0.113.9 carried X-Forwarded-* headers, which are ignored: that address is not the gateway's. "
            + "If it is, add it to STACK_PROXIES. This is said once.");
    }

    [Fact]
    public async Task Only_the_last_entry_which_the_gateway_wrote_is_used()
    {
        await using var site = await StartAsync();

        var context = await site.GetFromAsync("127.0.0.1", "/seen", ("X-Forwarded-For", "127.0.0.2, 198.51.100.7"));

        (await BodyAsync(context)).ShouldStartWith("198.51.100.7 ");
    }

    [Fact]
    public async Task Named_gateway_is_believed_and_loopback_no_longer()
    {
        await using var site = await StartAsync(new() { ["STACK_PROXIES"] = "10.1.0.0/16" });

        (await SeenFromAsync(site, "10.1.2.3")).ShouldBe("198.51.100.7 https www.example.org");
        (await SeenFromAsync(site, "127.0.0.1")).ShouldBe("127.0.0.1 http site.test");
    }

    private static Task<TestSite> StartAsync(Dictionary<string, string?>? settings = null) => TestSite.StartAsync(settings, pipeline: app =>
        app.MapGet("/seen", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host}"));

    private static async Task<string> SeenFromAsync(TestSite site, string address) => await BodyAsync(await site.GetFromAsync(address, "/seen", Forwarded));

    private static async Task<string> BodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Response.Body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
