using System.Net;
using Stack.Hosting.Nginx.AccessLog;
using Stack.Hosting.Nginx.Tests.Serving;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

public sealed class OtlpSenderTests
{
    private readonly RequestBatch _batch = new("nginx", address => address, new AccessLogSettings());

    public OtlpSenderTests() => _batch.Add(Lines.Parse()!);

    [Theory]
    [InlineData(HttpStatusCode.OK, (int)SendOutcome.Accepted)]
    [InlineData(HttpStatusCode.BadRequest, (int)SendOutcome.Refused)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, (int)SendOutcome.Refused)]
    [InlineData(HttpStatusCode.UnsupportedMediaType, (int)SendOutcome.Refused)]
    [InlineData(HttpStatusCode.Unauthorized, (int)SendOutcome.Later)]
    [InlineData(HttpStatusCode.NotFound, (int)SendOutcome.Later)]
    [InlineData(HttpStatusCode.TooManyRequests, (int)SendOutcome.Later)]
    [InlineData(HttpStatusCode.InternalServerError, (int)SendOutcome.Later)]
    [InlineData(HttpStatusCode.ServiceUnavailable, (int)SendOutcome.Later)]
    public async Task Only_a_message_that_will_never_be_taken_is_given_up(HttpStatusCode answer, int outcome)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = answer;
        using OtlpSender sender = new(receiver.Address, OtlpReceiver.Key);

        ((int)(await sender.SendAsync("v1/traces", _batch.Spans, TestContext.Current.CancellationToken)).Outcome).ShouldBe(outcome);

        receiver.Spans.Count.ShouldBe(answer == HttpStatusCode.OK ? 1 : 0);
    }

    [Fact]
    public async Task A_wrong_key_and_nobody_there_may_change()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using OtlpSender wrong = new(receiver.Address, "wrong"), nobody = new(new Uri($"http://127.0.0.1:{RunningNginx.FreePort()}/"), null);

        (await wrong.SendAsync("v1/traces", _batch.Spans, TestContext.Current.CancellationToken)).ShouldBe(new SendResult(SendOutcome.Later, $"{receiver.Address} answers 401"));
        (await nobody.SendAsync("v1/traces", _batch.Spans, TestContext.Current.CancellationToken)).Outcome.ShouldBe(SendOutcome.Later);
    }

    [Fact]
    public async Task An_empty_message_is_not_sent()
    {
        using OtlpSender nobody = new(new Uri($"http://127.0.0.1:{RunningNginx.FreePort()}"), null);

        (await nobody.SendAsync("v1/logs", _batch.Logs, TestContext.Current.CancellationToken)).Outcome.ShouldBe(SendOutcome.Accepted);
    }
}
