using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Health;

public class HealthTests
{
    private static readonly (string, string) WantsJson = ("Accept", "application/json");

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Both_endpoints_answer_one_word_in_every_environment(string environment)
    {
        await using var site = await TestSite.StartAsync(environment: environment);
        using var client = site.CreateClient();

        foreach (var path in new[] { "/health", "/alive" })
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Healthy");
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Check_that_fails_makes_the_replica_unready_but_leaves_it_alive()
    {
        await using var site = await TestSite.StartAsync(services: builder =>
            builder.Services.AddHealthChecks().AddCheck("database", () => HealthCheckResult.Unhealthy("away")));
        using var client = site.CreateClient();

        using var ready = await client.GetAsync("/health", TestContext.Current.CancellationToken);
        using var alive = await client.GetAsync("/alive", TestContext.Current.CancellationToken);

        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("Unhealthy");
        alive.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Live_check_that_fails_makes_the_replica_dead_and_says_so_to_its_drainer_too()
    {
        await using var site = await TestSite.StartAsync(services: builder =>
            builder.Services.AddHealthChecks().AddCheck("loop", () => HealthCheckResult.Unhealthy("hangs"), ["live"]));

        var alive = await site.GetFromAsync("127.0.0.1", "/alive", WantsJson);

        alive.Response.StatusCode.ShouldBe(503);
        alive.Response.ContentType.ShouldStartWith("application/json");
    }

    [Fact]
    public async Task Replica_is_unready_from_the_moment_it_stops_and_alive_to_the_end()
    {
        await using var site = await TestSite.StartAsync();
        using var client = site.CreateClient();

        site.App.Lifetime.StopApplication();

        using var ready = await client.GetAsync("/health", TestContext.Current.CancellationToken);
        using var alive = await client.GetAsync("/alive", TestContext.Current.CancellationToken);
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        alive.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Caller_on_this_machine_gets_the_report_it_asks_for()
    {
        await using var site = await TestSite.StartAsync(new() { ["STACK_INSTANCE"] = "site-8003" });

        var alive = await site.GetFromAsync("127.0.0.1", "/alive", WantsJson);

        using var report = await JsonDocument.ParseAsync(alive.Response.Body, cancellationToken: TestContext.Current.CancellationToken);
        report.RootElement.EnumerateObject().Select(property => property.Name).ShouldBe(["instance", "inFlight", "longLived", "startedAt", "version"]);
        report.RootElement.GetProperty("instance").GetString().ShouldBe("site-8003");
        report.RootElement.GetProperty("inFlight").GetInt32().ShouldBe(0);
        report.RootElement.GetProperty("longLived").GetInt32().ShouldBe(0);
        report.RootElement.GetProperty("startedAt").GetDateTimeOffset().ShouldBeLessThan(TimeProvider.System.GetUtcNow());
    }

    [Theory]
    [InlineData("127.0.0.1", "X-Forwarded-For", "198.51.100.7")]
    [InlineData("127.0.0.1", "X-Forwarded-Host", "www.example.org")]
    [InlineData("127.0.0.1", "Forwarded", "for=198.51.100.7")]
    [InlineData("203.0.113.9", "X-Other", "1")]
    public async Task Anybody_else_gets_the_word_only(string address, string header, string value)
    {
        await using var site = await TestSite.StartAsync();

        var alive = await site.GetFromAsync(address, "/alive", WantsJson, (header, value));

        using var reader = new StreamReader(alive.Response.Body);
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("Healthy");
    }

    [Fact]
    public async Task Health_checks_can_be_asked_although_the_site_demands_a_login()
    {
        await using var site = await TestSite.StartAsync(
            services: builder =>
            {
                builder.Services.AddAuthentication().AddCookie();
                builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder("Cookies").RequireAuthenticatedUser().Build());
            },
            pipeline: app => app.UseAuthentication().UseAuthorization());
        using var client = site.CreateClient();

        using var ready = await client.GetAsync("/health", TestContext.Current.CancellationToken);

        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
