using System.Net;
using Testing;

namespace ServiceDefaults.Tests.Fakes;

internal sealed record SentRequest(HttpMethod Method, Uri Uri, string? Body, TimeSpan At);

/// <summary>Stands where the network would be: notes what is sent, and answers as the test says.</summary>
internal sealed class ScriptedHandler(ManualTimeProvider? time = null) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<SentRequest> _sent = [];
    private readonly List<HttpResponseMessage> _answers = [];

    /// <summary>Answers the request with the number, 0 for the first one.</summary>
    public Func<int, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } = (_, _, _) => Task.FromResult(new HttpResponseMessage());

    public IReadOnlyList<SentRequest> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>What was answered; the content of one that was disposed of can't be read.</summary>
    public IReadOnlyList<HttpResponseMessage> Answers
    {
        get
        {
            lock (_gate)
            {
                return [.. _answers];
            }
        }
    }

    public void AnswerWith(params HttpStatusCode[] statuses)
        => Answer = (number, _, _) => Task.FromResult(new HttpResponseMessage(statuses[Math.Min(number, statuses.Length - 1)]) { Content = new StringContent("answer") });

    public static HttpRequestException Failure(HttpRequestError error) => new(error, "scripted");

    public static async Task<HttpResponseMessage> Hang(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new InvalidOperationException("never reached");
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Note(new(request.Method, request.RequestUri!, null, time?.Now ?? TimeSpan.Zero));
        var answer = await Answer(number, request, cancellationToken);
        answer.RequestMessage = request;
        if (request.Content is not null)
        {
            var body = await request.Content.ReadAsStringAsync(CancellationToken.None);
            lock (_gate)
            {
                _sent[number] = _sent[number] with { Body = body };
            }
        }

        lock (_gate)
        {
            _answers.Add(answer);
        }

        return answer;
    }

    private int Note(SentRequest request)
    {
        lock (_gate)
        {
            _sent.Add(request);
            return _sent.Count - 1;
        }
    }
}
