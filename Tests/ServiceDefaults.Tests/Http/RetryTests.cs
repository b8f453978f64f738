using System.Net;
using System.Net.Http.Json;
using System.Text;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Http;

public class RetryTests
{
    private const string Address = "http://catalog.test/items";

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Answer_that_may_be_better_in_a_moment_is_asked_for_three_times_more_with_growing_pauses(HttpStatusCode status)
    {
        await using var site = await ClientSite.StartAsync(new() { ["Stack:Http:Default:TotalTimeout"] = "00:01:30" });
        site.Network.AnswerWith(status);

        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        answer.StatusCode.ShouldBe(status);
        site.Network.Sent.Count.ShouldBe(4);
        site.Network.Sent[1].At.ShouldBeGreaterThan(TimeSpan.Zero);
        site.Network.Sent[^1].At.ShouldBeGreaterThan(TimeSpan.FromSeconds(3));
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("answer");
        foreach (var earlier in site.Network.Answers.SkipLast(1))
        {
            await Should.ThrowAsync<ObjectDisposedException>(() => earlier.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Redirect)]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task Answer_that_is_final_is_taken_as_it_is(HttpStatusCode status)
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.AnswerWith(status);

        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        answer.StatusCode.ShouldBe(status);
        site.Network.Sent.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("HEAD", 2)]
    [InlineData("OPTIONS", 2)]
    [InlineData("PUT", 2)]
    [InlineData("DELETE", 2)]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("MERGE", 1)]
    public async Task Only_what_may_be_carried_out_twice_is_sent_again_after_an_answer(string method, int tries)
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.AnswerWith(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);

        using var answer = await site.SendAsync(new(method), Address);

        site.Network.Sent.Count.ShouldBe(tries);
        answer.StatusCode.ShouldBe(tries == 2 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    [InlineData(HttpRequestError.ProxyTunnelError)]
    public async Task Post_of_which_nothing_was_sent_is_sent_again(HttpRequestError error)
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (number, _, _) => number == 0 ? throw ScriptedHandler.Failure(error) : Task.FromResult(new HttpResponseMessage());

        using var answer = await site.SendAsync(HttpMethod.Post, Address, new StreamContent(new MemoryStream("order"u8.ToArray())));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        site.Network.Sent.Count.ShouldBe(2);
        site.Network.Sent[1].Body.ShouldBe("order");
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("GET", 4)]
    public async Task Connection_lost_on_the_way_is_mended_only_where_nothing_can_be_done_twice(string method, int tries)
    {
        await using var site = await ClientSite.StartAsync(new() { ["Stack:Http:Default:TotalTimeout"] = "00:01:30" });
        site.Network.Answer = (_, _, _) => throw ScriptedHandler.Failure(HttpRequestError.ResponseEnded);

        var failure = await Should.ThrowAsync<HttpRequestException>(() => site.SendAsync(new(method), Address));

        failure.HttpRequestError.ShouldBe(HttpRequestError.ResponseEnded);
        site.Network.Sent.Count.ShouldBe(tries);
    }

    public static TheoryData<string, int> Bodies => new()
    {
        { "text", 2 }, { "bytes", 2 }, { "memory", 2 }, { "form", 2 }, { "json", 2 }, { "parts", 2 }, { "stream", 1 }, { "parts with a stream", 1 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_that_is_gone_after_the_first_try_is_not_sent_again(string kind, int tries)
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.AnswerWith(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);

        using var answer = await site.SendAsync(HttpMethod.Put, Address, Body(kind));

        site.Network.Sent.Count.ShouldBe(tries);
        site.Network.Sent.ShouldAllBe(sent => sent.Body!.Contains("word"));
    }

    [Fact]
    public async Task Service_that_says_how_long_to_wait_is_left_alone_so_long()
    {
        await using var site = await ClientSite.StartAsync();
        var date = site.Time.GetUtcNow() + TimeSpan.FromSeconds(12);
        site.Network.Answer = (number, _, _) => Task.FromResult(number switch
        {
            0 => Busy(new(TimeSpan.FromSeconds(7))),
            1 => Busy(new(date)),
            2 => Busy(new(date - TimeSpan.FromHours(1))),
            _ => new HttpResponseMessage(),
        });

        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        site.Network.Sent.Select(sent => sent.At.TotalSeconds).ShouldBe([0, 7, 12, 12]);
    }

    [Fact]
    public async Task Wait_that_the_time_left_does_not_allow_is_the_callers_to_decide()
    {
        await using var site = await ClientSite.StartAsync();
        site.Network.Answer = (_, _, _) => Task.FromResult(Busy(new(TimeSpan.FromMinutes(2))));

        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(2));
        site.Network.Sent.ShouldHaveSingleItem();
        site.Time.Now.ShouldBe(TimeSpan.Zero);
    }

    private static HttpResponseMessage Busy(System.Net.Http.Headers.RetryConditionHeaderValue wait)
        => new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = wait } };

    private static HttpContent Body(string kind) => kind switch
    {
        "text" => new StringContent("word"),
        "bytes" => new ByteArrayContent("word"u8.ToArray()),
        "memory" => new ReadOnlyMemoryContent("word"u8.ToArray()),
        "form" => new FormUrlEncodedContent([new("word", "1")]),
        "json" => JsonContent.Create(new { word = 1 }),
        "parts" => new MultipartFormDataContent { { new StringContent("word"), "field" } },
        "stream" => new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("word"))),
        _ => new MultipartFormDataContent { { new StreamContent(new MemoryStream("word"u8.ToArray())), "file" } },
    };
}
