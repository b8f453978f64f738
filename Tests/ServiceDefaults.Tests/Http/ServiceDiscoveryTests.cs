using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Http;

public class ServiceDiscoveryTests
{
    private static readonly Dictionary<string, string?> Services = new()
    {
        ["Stack:Http:Default:Enabled"] = "false",
        ["services:shop:http:0"] = "http://10.0.0.1:81",
        ["services:shop:https:0"] = "https://10.0.0.1:444",
        ["services:shop:admin:0"] = "http://10.0.0.1:82",
        ["services:old-shop:http:0"] = "http://10.0.0.2:81",
        ["services:partner:default:0"] = "https://partner.example.org/api/v1/",
        ["services:single:http"] = "http://10.0.0.3",
        ["services:cache:tcp:0"] = "tcp://10.0.0.4:6379",
        ["services:email:smtp:host"] = "mail.example.org",
    };

    [Theory]
    [InlineData("http://shop/items/7?q=a%20b#part", "http://10.0.0.1:81/items/7?q=a%20b#part")]
    [InlineData("https://shop/", "https://10.0.0.1:444/")]
    [InlineData("https+http://shop/a", "https://10.0.0.1:444/a")]
    [InlineData("https+http://old-shop/a", "http://10.0.0.2:81/a")]
    [InlineData("http+https://shop/a", "http://10.0.0.1:81/a")]
    [InlineData("http://SHOP/", "http://10.0.0.1:81/")]
    [InlineData("http://_admin.shop/a", "http://10.0.0.1:82/a")]
    [InlineData("https+http://_admin.shop/a", "http://10.0.0.1:82/a")]
    [InlineData("https://partner/orders?id=1", "https://partner.example.org/api/v1/orders?id=1")]
    [InlineData("http://single/", "http://10.0.0.3/")]
    public async Task Name_of_a_service_becomes_its_address(string asked, string sent)
        => (await SentForAsync(asked)).ShouldBe(sent);

    [Theory]
    [InlineData("https://old-shop/a")] // never without the TLS that was asked for
    [InlineData("http://partner/a")]
    [InlineData("http://shop:8080/a")]
    [InlineData("http://unknown/a")]
    [InlineData("http://_other.shop/a")]
    [InlineData("http://_tcp.cache/a")]
    [InlineData("http://www.example.org/a?b=c")]
    public async Task What_names_no_service_goes_out_as_it_is(string asked)
        => (await SentForAsync(asked)).ShouldBe(asked);

    [Fact]
    public async Task Of_two_schemes_the_first_is_taken_where_there_is_no_entry()
        => (await SentForAsync("https+http://unknown/a?b=c")).ShouldBe("https://unknown/a?b=c");

    [Fact]
    public async Task Name_may_be_the_base_address_of_a_client()
    {
        await using var site = await ClientSite.StartAsync(Services, client => client.ConfigureHttpClient(http => http.BaseAddress = new("https+http://old-shop")));

        using var answer = await site.Client.GetAsync("/items?q=1", TestContext.Current.CancellationToken);

        site.Network.Sent.ShouldHaveSingleItem().Uri.ToString().ShouldBe("http://10.0.0.2:81/items?q=1");
        answer.RequestMessage!.RequestUri!.ToString().ShouldBe("https+http://old-shop/items?q=1");
    }

    [Fact]
    public async Task Addresses_of_a_service_take_turns()
    {
        await using var site = await ClientSite.StartAsync(Several);

        for (var i = 0; i < 6; i++)
        {
            using var answer = await site.Client.GetAsync("http://shop/", TestContext.Current.CancellationToken);
        }

        Hosts(site).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Where_nobody_listens_the_next_address_is_taken(string method)
    {
        await using var site = await ClientSite.StartAsync(Several);
        site.Network.Answer = (_, request, _) => request.RequestUri!.Host == "10.0.0.3"
            ? Task.FromResult(new HttpResponseMessage())
            : throw ScriptedHandler.Failure(HttpRequestError.ConnectionError);

        using var answer = await site.Client.SendAsync(new(new(method), "http://shop/") { Content = new StringContent("order") }, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Hosts(site).ShouldBe(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        site.Network.Sent[^1].Body.ShouldBe("order");
    }

    [Fact]
    public async Task Failure_after_something_was_sent_is_not_carried_to_another_address()
    {
        await using var site = await ClientSite.StartAsync(Several);
        site.Network.Answer = (_, _, _) => throw ScriptedHandler.Failure(HttpRequestError.ResponseEnded);

        await Should.ThrowAsync<HttpRequestException>(() => site.Client.PostAsync("http://shop/", null, TestContext.Current.CancellationToken));

        site.Network.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Where_nobody_listens_at_all_the_failure_is_the_callers()
    {
        await using var site = await ClientSite.StartAsync(Several);
        site.Network.Answer = (_, _, _) => throw ScriptedHandler.Failure(HttpRequestError.ConnectionError);

        var failure = await Should.ThrowAsync<HttpRequestException>(() => site.Client.GetAsync("http://shop/", TestContext.Current.CancellationToken));

        failure.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        site.Network.Sent.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Addresses_that_change_while_the_site_runs_are_followed()
    {
        await using var site = await ClientSite.StartAsync(Services);
        var configuration = (IConfigurationRoot)site.Services.GetRequiredService<IConfiguration>();
        using var before = await site.Client.GetAsync("http://shop/", TestContext.Current.CancellationToken);

        configuration["services:shop:http:0"] = "http://10.0.0.9:81";
        configuration.Reload();
        using var after = await site.Client.GetAsync("http://shop/", TestContext.Current.CancellationToken);

        Hosts(site).ShouldBe(["10.0.0.1", "10.0.0.9"]);
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Caller_goes_on_when_a_replica_of_what_it_calls_is_killed()
    {
        await using var first = await SiteProcess.StartAsync(("STACK_INSTANCE", "callee-1"));
        await using var second = await SiteProcess.StartAsync(("STACK_INSTANCE", "callee-2"));
        await using var site = await TestSite.StartAsync(new() { ["services:callee:http:0"] = first.Address.ToString(), ["services:callee:http:1"] = second.Address.ToString() });
        using var client = site.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient("caller");
        client.BaseAddress = new("http://callee");

        var before = await AskAsync(client, 10);
        await first.KillAsync();
        var after = await AskAsync(client, 10);

        before.ShouldBe(["callee-1", "callee-2"]);
        after.ShouldBe(["callee-2"]);
    }

    private static Dictionary<string, string?> Several => new()
    {
        ["Stack:Http:Default:Enabled"] = "false",
        ["services:shop:http:0"] = "http://10.0.0.1:81", ["services:shop:http:1"] = "http://10.0.0.2:81", ["services:shop:http:2"] = "http://10.0.0.3:81",
    };

    private static List<string> Hosts(ClientSite site) => [.. site.Network.Sent.Select(sent => sent.Uri.Host)];

    private static async Task<string> SentForAsync(string asked)
    {
        await using var site = await ClientSite.StartAsync(Services);
        using var answer = await site.Client.GetAsync(asked, TestContext.Current.CancellationToken);
        return site.Network.Sent.ShouldHaveSingleItem().Uri.AbsoluteUri;
    }

    /// <summary>Who has answered; with a POST (which the form's missing token refuses) each time. None may fail for want of a listener.</summary>
    private static async Task<string[]> AskAsync(HttpClient client, int times)
    {
        var names = new SortedSet<string>();
        for (var i = 0; i < times; i++)
        {
            if (i % 2 == 0)
            {
                using var posted = await client.PostAsync("/sign-up", new FormUrlEncodedContent([new("Name", "Ada")]), TestContext.Current.CancellationToken);
                posted.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            }

            using var who = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/whoami", TestContext.Current.CancellationToken));
            names.Add(who.RootElement.GetProperty("replica").GetString()!);
        }

        return [.. names];
    }
}
