using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using ServiceDefaults.Tests.Fakes;
using Testing;
using WebSite.Data;

namespace WebSite.Tests.Site;

/// <summary>What one replica answers, in-process.</summary>
public sealed class SiteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static readonly Uri Root = new("http://localhost/");

    [Fact]
    public async Task Home_page_says_which_replica_made_it()
    {
        await using var factory = Site(("STACK_INSTANCE", "site-8003"), ("PORT", "8003"));
        using var visitor = new Visitor(factory.Server.CreateHandler());

        var page = await visitor.GetAsync(Root);

        page.QuerySelector("#replica")!.TextContent.ShouldBe("site-8003");
        page.QuerySelector(".facts")!.TextContent.ShouldContain("8003");
        page.QuerySelector(".facts")!.TextContent.ShouldContain($"{Environment.ProcessId}");
        page.Title.ShouldBe("Board · site-8003");
    }

    [Fact]
    public async Task Whoami_answers_exactly_replica_port_and_process()
    {
        await using var factory = Site(("STACK_INSTANCE", "site-8003"), ("PORT", "8003"));
        using var client = factory.CreateClient();

        using var answer = await client.GetAsync("/whoami", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        answer.Headers.CacheControl!.ToString().ShouldBe("no-store");
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldBe($$"""{"replica":"site-8003","port":8003,"pid":{{Environment.ProcessId}}}""");
    }

    [Fact]
    public async Task Whoami_can_be_switched_off_and_is_then_not_offered()
    {
        await using var factory = Site(("WhoAmI:Enabled", "false"));
        using var client = factory.CreateClient();

        using var answer = await client.GetAsync("/whoami", TestContext.Current.CancellationToken);
        var home = await client.GetStringAsync("/", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        home.ShouldNotContain("whoami");
    }

    [Fact]
    public async Task Form_without_its_token_is_refused_with_the_error_page()
    {
        await using var factory = Site();
        using var client = factory.CreateClient(new() { AllowAutoRedirect = false });

        using var posted = await client.PostAsync(
            "/sign-up", new FormUrlEncodedContent([new("Name", "Ada"), new("Password", "correct horse")]), TestContext.Current.CancellationToken);

        posted.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await posted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("The request could not be understood.");
    }

    [Fact]
    public async Task Error_page_names_the_trace_and_the_replica()
    {
        await using var factory = Site(("STACK_INSTANCE", "site-8003"));
        using var client = factory.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/no/such/page") { Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } } };

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var page = Visitor.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        page.QuerySelector("h1")!.TextContent.ShouldBe("Not Found");
        page.QuerySelector("code")!.TextContent.ShouldBe("0af7651916cd43dd8448eb211c80319c");
        page.QuerySelector(".facts")!.TextContent.ShouldContain("site-8003");
    }

    [Theory]
    [InlineData("/error")]
    [InlineData("/error/500")]
    public async Task Error_page_has_no_address_of_its_own(string path)
    {
        await using var factory = Site();
        using var client = factory.CreateClient();

        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_asset_of_the_page_is_the_sites_own_and_there()
    {
        await using var factory = Site();
        using var visitor = new Visitor(factory.Server.CreateHandler());
        var page = await visitor.GetAsync(Root);

        var assets = page.QuerySelectorAll("link[href], script[src]").Select(element => element.GetAttribute("href") ?? element.GetAttribute("src")!).ToList();

        assets.Count.ShouldBe(4);
        page.QuerySelectorAll("[style], style, script:not([src])").ShouldBeEmpty("the content security policy would refuse it");
        assets.ShouldAllBe(asset => asset.StartsWith('/'));
        foreach (var asset in assets)
        {
            using var answer = await visitor.Client.GetAsync(new Uri(Root, asset), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, asset);
            (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Every_page_has_a_policy_that_lets_nothing_foreign_in()
    {
        await using var factory = Site();
        using var client = factory.CreateClient();

        foreach (var path in new[] { "/", "/sign-in", "/no/such/page", "/fail" })
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
            answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldStartWith("default-src 'self';", customMessage: path);
        }
    }

    [Theory]
    [InlineData("/messages/1/edit")]
    [InlineData("/messages/x/edit")]
    public async Task What_is_for_members_leads_to_the_form_to_sign_in(string path)
    {
        await using var factory = Site();
        using var client = factory.CreateClient(new() { AllowAutoRedirect = false });

        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(path.Contains('x', StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.Redirect);
        answer.Headers.Location?.PathAndQuery.ShouldBe("/sign-in?returnUrl=%2Fmessages%2F1%2Fedit");
    }

    [Fact]
    public async Task Signing_in_never_leads_to_another_site()
    {
        await using var factory = Site();
        using var visitor = new Visitor(factory.Server.CreateHandler());

        using var posted = await visitor.PostAsync(Root, await visitor.GetAsync(new Uri(Root, "/sign-up?returnUrl=https%3A%2F%2Fevil.example%2F")), ("Name", "Ada"), ("Password", "correct horse"));

        posted.Headers.Location!.OriginalString.ShouldBe("/");
    }

    public void Dispose() => _folder.Dispose();

    private WebApplicationFactory<BoardContext> Site(params (string Name, string Value)[] settings)
        => new WebApplicationFactory<BoardContext>().WithWebHostBuilder(web =>
        {
            web.UseEnvironment("Production");
            web.UseSetting("ConnectionStrings:board", $"Data Source={_folder.File("board.db")};Pooling=false");
            web.UseSetting("Board:MigrateAtStart", "true");
            foreach (var (name, value) in settings)
            {
                web.UseSetting(name, value);
            }
        });
}
