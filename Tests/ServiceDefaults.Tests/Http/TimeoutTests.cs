using System.Net;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Http;

public class TimeoutTests
{
    private const string Address = "http://catalog.test/items?secret=canary";

    [Fact]
    public async Task Try_that_gets_no_answer_in_time_is_given_up_for_another_one()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (number, _, token) => number == 0 ? ScriptedHandler.Hang(token) : Task.FromResult(new HttpResponseMessage());

        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        site.Network.Sent.Count.ShouldBe(2);
        site.Network.Sent[1].At.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Post_without_an_answer_may_have_been_carried_out_and_is_not_sent_again()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (_, _, token) => ScriptedHandler.Hang(token);

        var late = await Assert.ThrowsAsync<TaskCanceledException>(() => site.SendAsync(HttpMethod.Post, Address));

        late.Message.ShouldBe("http://catalog.test has not answered HTTP client 'catalog' within 10 s (Stack:Http:catalog:AttemptTimeout).");
        late.InnerException.ShouldBeOfType<TimeoutException>();
        site.Network.Sent.ShouldHaveSingleItem();
        site.Time.Now.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task All_tries_together_end_with_the_total()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (_, _, token) => ScriptedHandler.Hang(token);

        var late = await Assert.ThrowsAsync<TaskCanceledException>(() => site.SendAsync(HttpMethod.Get, Address));

        late.Message.ShouldBe("http://catalog.test has not answered HTTP client 'catalog' within 30 s (Stack:Http:catalog:TotalTimeout).");
        site.Time.Now.ShouldBe(TimeSpan.FromSeconds(30));
        site.Network.Sent.Count.ShouldBeInRange(2, 3);
    }

    [Fact]
    public async Task Stream_whose_headers_came_in_time_is_not_cut()
    {
        await using var site = await ClientSite.StartAsync();
        var body = new System.IO.Pipelines.Pipe();
        site.Network.Answer = (_, _, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(body.Reader.AsStream()) });

        using var answer = await site.SendAsync(HttpMethod.Get, Address);
        site.Time.Advance(TimeSpan.FromHours(1));
        await body.Writer.WriteAsync("late"u8.ToArray(), TestContext.Current.CancellationToken);
        await body.Writer.CompleteAsync();

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("late");
    }

    [Fact]
    public async Task Caller_that_gives_up_is_obeyed_at_once()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (_, _, token) => ScriptedHandler.Hang(token);
        using var gone = new CancellationTokenSource();

        var call = site.Client.GetAsync(Address, gone.Token);
        await gone.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(call)).CancellationToken.ShouldBe(gone.Token);
        site.Network.Sent.ShouldHaveSingleItem();
        site.Time.Now.ShouldBe(TimeSpan.Zero);
    }
}
