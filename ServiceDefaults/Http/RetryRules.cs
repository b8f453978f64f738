using System.Net;
using System.Net.Http.Json;
using Polly;
using Polly.Timeout;

namespace Stack.ServiceDefaults.Http;

/// <summary>What a further try may mend, and which request may be sent again. None is ever carried out twice that must not be.</summary>
internal static class RetryRules
{
    private static readonly HttpMethod[] Idempotent = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, HttpMethod.Put, HttpMethod.Delete];

    /// <summary>Whether the service may do better in a moment: 408, 429, from 500 on, no connection, no answer in time.</summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome)
        => outcome.Result is { } response
            ? response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
            : outcome.Exception is HttpRequestException or TimeoutRejectedException;

    /// <summary>Whether the request may be sent again: nothing of it was sent, or its method allows it and its body is still there.</summary>
    public static bool MayRepeat(HttpRequestMessage request, Exception? failure)
        => NothingWasSent(failure) || (Idempotent.Contains(request.Method) && CanBeReadAgain(request.Content));

    /// <summary>How long the service asks to be left alone; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage? response, DateTimeOffset now) => response?.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static bool NothingWasSent(Exception? failure) => failure is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    };

    private static bool CanBeReadAgain(HttpContent? content)
        => content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent || (content is MultipartContent parts && parts.All(CanBeReadAgain));
}
