using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Site;

public class WebSiteTests
{
    private static readonly Uri Root = new("http://localhost/");

    [Fact]
    public async Task Home_page_says_which_replica_made_it()
    {
        await using var factory = Site(("STACK_INSTANCE", "site-8003"), ("PORT", "8003"));
        using var visitor = new Visitor(factory.Server.CreateHandler());

        var page = await visitor.GetAsync(Root);

        page.QuerySelector("h1")!.TextContent.ShouldBe("site-8003");
        page.QuerySelector(".facts")!.TextContent.ShouldContain("8003");
        page.QuerySelector(".facts")!.TextContent.ShouldContain($"{Environment.ProcessId}");
        page.Title.ShouldBe("site-8003 · WebSite");
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
    public async Task Greeting_is_answered_by_a_redirect_and_shown_once()
    {
        await using var factory = Site(("STACK_INSTANCE", "site-8001"));
        using var visitor = new Visitor(factory.Server.CreateHandler());

        using var posted = await visitor.PostAsync(Root, await visitor.GetAsync(Root), " Ada <b> ", "Line one\nLine two");
        var thanks = await visitor.GetAsync(Root);
        var again = await visitor.GetAsync(Root);

        posted.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        thanks.QuerySelector(".thanks h2")!.TextContent.ShouldBe("Thank you, Ada <b>!");
        thanks.QuerySelector(".thanks blockquote")!.TextContent.ShouldBe("Line one\nLine two");
        thanks.QuerySelector(".thanks p")!.TextContent.Trim().ShouldBe("Taken and shown by site-8001.");
        again.QuerySelector(".thanks").ShouldBeNull();
    }

    [Theory]
    [InlineData("", "Hello", "Please tell us your name.")]
    [InlineData("Ada", "   ", "Please write a greeting.")]
    [InlineData("Ada with a name that is far too long to be taken", "Hello", "Please keep the name within 40 characters.")]
    public async Task Form_that_is_not_right_comes_back_with_what_was_typed_and_what_is_wrong(string name, string message, string complaint)
    {
        await using var factory = Site();
        using var visitor = new Visitor(factory.Server.CreateHandler());

        using var posted = await visitor.PostAsync(Root, await visitor.GetAsync(Root), name, message);

        posted.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = Visitor.Parse(await posted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        page.QuerySelectorAll(".error").Select(error => error.TextContent).Where(text => text.Length > 0).ShouldBe([complaint]);
        page.QuerySelector("#Name")!.GetAttribute("value").ShouldBe(name);
        page.QuerySelector(".thanks").ShouldBeNull();
    }

    [Fact]
    public async Task Form_without_its_token_is_refused_with_the_error_page()
    {
        await using var factory = Site();
        using var client = factory.CreateClient(new() { AllowAutoRedirect = false });

        using var posted = await client.PostAsync(
            "/Home/Greet", new FormUrlEncodedContent([new("Name", "Ada"), new("Message", "Hello")]), TestContext.Current.CancellationToken);

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

        assets.Count.ShouldBe(3);
        assets.ShouldAllBe(asset => asset.StartsWith('/'));
        foreach (var asset in assets)
        {
            using var answer = await visitor.Client.GetAsync(new Uri(Root, asset), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, asset);
            (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldNotBeEmpty();
        }
    }

    private static WebApplicationFactory<Program> Site(params (string Name, string Value)[] settings)
        => new WebApplicationFactory<Program>().WithWebHostBuilder(web =>
        {
            web.UseEnvironment("Production");
            foreach (var (name, value) in settings)
            {
                web.UseSetting(name, value);
            }
        });
}
