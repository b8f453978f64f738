using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Requests;

public class RequestSummaryTests
{
    [Theory]
    [InlineData("/", "Sample/Index/{id?}", 200)]
    [InlineData("/sample/show/7", "Sample/Show/{id?}", 200)]
    [InlineData("/by-attribute/12", "by-attribute/{number:int}", 200)]
    [InlineData("/minimal/x", "/minimal/{name}", 200)]
    [InlineData("/nowhere", "none", 404)]
    [InlineData("/sample/absent", "Sample/Absent/{id?}", 404)]
    public async Task One_record_tells_method_path_route_status_time_and_client(string path, string route, int status)
    {
        await using var site = await StartAsync();

        await site.GetFromAsync("127.0.0.1", path);

        var summary = await site.SummaryAsync();
        summary.Level.ShouldBe(LogLevel.Information);
        summary.EventId.ShouldBe(9101);
        summary.Values["Method"].ShouldBe("GET");
        summary.Values["Path"].ShouldBe(path);
        summary.Values["Route"].ShouldBe(route);
        summary.Values["StatusCode"].ShouldBe(status);
        ((double)summary.Values["Milliseconds"]!).ShouldBeGreaterThan(0);
        summary.Values["Client"]!.ToString().ShouldBe("127.0.0.1");
        summary.Message.ShouldStartWith($"GET {path} {status} in ");
    }

    [Fact]
    public async Task Failure_behind_an_error_page_is_an_error_of_the_route_that_was_asked_for()
    {
        await using var site = await StartAsync(errorPage: true);
        using var client = site.CreateClient();

        using var answer = await client.GetAsync("/sample/fail", TestContext.Current.CancellationToken);

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("sorry");
        ShouldBeFailure(await site.SummaryAsync());
    }

    [Fact]
    public async Task Failure_without_an_error_page_is_told_as_the_500_that_the_server_makes_of_it()
    {
        await using var site = await StartAsync(sockets: true);
        using var client = site.CreateClient();

        using var answer = await client.GetAsync("/sample/fail", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        ShouldBeFailure(await site.SummaryAsync());
    }

    [Fact]
    public async Task Failure_shown_by_the_developer_page_is_an_error_too()
    {
        await using var site = await StartAsync(environment: "Development");
        using var client = site.CreateClient();

        using var answer = await client.GetAsync("/sample/fail", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        ShouldBeFailure(await site.SummaryAsync());
    }

    [Fact]
    public async Task Client_that_went_away_is_no_error()
    {
        var entered = new TaskCompletionSource();
        await using var site = await TestSite.StartAsync(sockets: true, pipeline: app => app.MapGet("/wait", async (HttpContext context) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }));
        using var client = site.CreateClient();
        using var gone = new CancellationTokenSource();

        var waiting = client.GetAsync("/wait", gone.Token);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);

        var summary = await site.SummaryAsync();
        summary.Level.ShouldBe(LogLevel.Information);
        summary.Values["StatusCode"].ShouldBe(499);
    }

    [Fact]
    public async Task Health_checks_are_not_logged()
    {
        await using var site = await StartAsync();
        using var client = site.CreateClient();

        await client.GetStringAsync("/health", TestContext.Current.CancellationToken);
        await client.GetStringAsync("/alive", TestContext.Current.CancellationToken);
        await client.GetStringAsync("/", TestContext.Current.CancellationToken);

        (await site.SummaryAsync()).Values["Path"].ShouldBe("/");
    }

    [Fact]
    public async Task Query_cookies_and_authorization_are_never_logged()
    {
        await using var site = await StartAsync(errorPage: true);
        using var client = site.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "canary-token");
        client.DefaultRequestHeaders.Add("Cookie", "session=canary-cookie");

        foreach (var path in new[] { "/", "/nowhere", "/sample/fail" })
        {
            using var answer = await client.GetAsync($"{path}?secret=canary-query", TestContext.Current.CancellationToken);
        }

        (await site.SummariesAsync(3)).Count.ShouldBe(3);
        site.Logs.Lines.ShouldNotContain(line => line.Message.Contains("canary") || line.Values.Values.Any(value => $"{value}".Contains("canary")));
    }

    [Fact]
    public async Task Path_can_not_forge_a_line()
    {
        await using var site = await StartAsync();
        using var client = site.CreateClient();

        using var answer = await client.GetAsync("/x%0Ainfo:%20all%20is%20well", TestContext.Current.CancellationToken);

        (await site.SummaryAsync()).Message.ShouldStartWith("GET /x%0Ainfo:%20all%20is%20well 404 in ");
    }

    [Fact]
    public async Task Frameworks_own_request_lines_are_off_unless_configured()
    {
        await using var quiet = await StartAsync();
        await using var chatty = await StartAsync(settings: new() { ["Logging:LogLevel:Microsoft.AspNetCore"] = "Information" });

        await quiet.GetFromAsync("127.0.0.1", "/");
        await chatty.GetFromAsync("127.0.0.1", "/");

        quiet.Logs.Of("Microsoft.AspNetCore.Hosting.Diagnostics").ShouldBeEmpty();
        chatty.Logs.Of("Microsoft.AspNetCore.Hosting.Diagnostics").ShouldNotBeEmpty();
    }

    private static void ShouldBeFailure(LogLine summary)
    {
        summary.Level.ShouldBe(LogLevel.Error);
        summary.EventId.ShouldBe(9102);
        summary.Values["StatusCode"].ShouldBe(500);
        summary.Values["Route"].ShouldBe("Sample/Fail/{id?}");
        summary.Values["ErrorType"].ShouldBe("System.InvalidOperationException");
        summary.Message.ShouldEndWith(", error System.InvalidOperationException");
    }

    private static Task<TestSite> StartAsync(
        bool errorPage = false, bool sockets = false, string environment = "Production", Dictionary<string, string?>? settings = null)
        => TestSite.StartAsync(settings, environment: environment, sockets: sockets,
            services: builder => builder.Services.AddControllers(),
            pipeline: app =>
            {
                if (errorPage)
                {
                    app.UseExceptionHandler("/oops");
                }

                app.MapControllerRoute("default", "{controller=Sample}/{action=Index}/{id?}");
                app.MapGet("/minimal/{name}", (string name) => name);
                app.MapGet("/oops", () => "sorry");
            });
}
