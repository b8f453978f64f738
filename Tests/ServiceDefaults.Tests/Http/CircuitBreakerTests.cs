using System.Net;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Http;

public class CircuitBreakerTests
{
    private const string Address = "http://catalog.test/items?secret=canary";
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Service_that_fails_is_spared_and_tried_again_until_it_answers()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.AnswerWith(HttpStatusCode.InternalServerError);
        await PostAsync(site, 100);

        var refused = await Should.ThrowAsync<HttpRequestException>(() => PostAsync(site, 1));
        site.Time.Advance(Break);
        await PostAsync(site, 1); // the trial, which fails
        await Should.ThrowAsync<HttpRequestException>(() => PostAsync(site, 1));
        site.Time.Advance(Break);
        site.Network.AnswerWith(HttpStatusCode.OK);
        await PostAsync(site, 5);

        refused.Message.ShouldBe("Nothing was sent to http://catalog.test: too many calls of HTTP client 'catalog' to it have failed. "
            + "It is tried again within seconds; Stack:Http:catalog:Enabled=false turns this off.");
        refused.InnerException.ShouldBeAssignableTo<BrokenCircuitException>();
        site.Network.Sent.Count.ShouldBe(106);
        var warning = site.Logs.Lines.Where(line => line.EventId == 9701).ShouldHaveSingleItem();
        warning.Level.ShouldBe(LogLevel.Warning);
        warning.Message.ShouldBe("One in ten calls of HTTP client 'catalog' to http://catalog.test or more failed within 30 s: no call goes there for 5 s, then one is tried, and so on until it is answered.");
        site.Logs.Lines.Where(line => line.EventId == 9702).ShouldHaveSingleItem().Message.ShouldBe("http://catalog.test answers HTTP client 'catalog' again.");
        site.Logs.Lines.ShouldNotContain(line => line.Message.Contains("canary"));
    }

    [Fact]
    public async Task Less_than_a_hundred_calls_in_half_a_minute_prove_nothing()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.AnswerWith(HttpStatusCode.InternalServerError);

        await PostAsync(site, 99);
        site.Time.Advance(TimeSpan.FromSeconds(31));
        await PostAsync(site, 99);

        site.Network.Sent.Count.ShouldBe(198);
    }

    [Fact]
    public async Task Failures_that_are_less_than_one_in_ten_are_borne()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (number, _, _) => Task.FromResult(new HttpResponseMessage(number % 11 == 10 ? HttpStatusCode.InternalServerError : HttpStatusCode.OK));

        await PostAsync(site, 220);

        site.Network.Sent.Count.ShouldBe(220);
    }

    [Fact]
    public async Task Other_services_and_other_clients_go_on()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.AnswerWith(HttpStatusCode.InternalServerError);
        await PostAsync(site, 100);
        await Should.ThrowAsync<HttpRequestException>(() => PostAsync(site, 1));

        using var elsewhere = await site.Client.PostAsync("http://other.test/", null, TestContext.Current.CancellationToken);
        using var port = await site.Client.PostAsync("http://catalog.test:81/", null, TestContext.Current.CancellationToken);
        using var another = await site.Create("another").PostAsync(Address, null, TestContext.Current.CancellationToken);

        site.Network.Sent.Count.ShouldBe(103);
    }

    private static async Task PostAsync(ClientSite site, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var answer = await site.Client.PostAsync(Address, null, TestContext.Current.CancellationToken);
        }
    }
}
