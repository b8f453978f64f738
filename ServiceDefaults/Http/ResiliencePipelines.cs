using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Stack.ServiceDefaults.Http;

/// <summary>
/// What a call goes through, outside in: total time-out, tries, circuit breaker, time-out of a try. Each client has them for each authority
/// that it calls, so that one service that fails costs the others nothing. The numbers are those of .NET's standard resilience handler.
/// </summary>
internal sealed partial class ResiliencePipelines(IOptionsMonitor<HttpClientSettings> settings, TimeProvider time, ILogger<ResiliencePipelines> logger)
{
    private const int Most = 1000; // a site that calls any address in the world must not keep them all
    private const double FailureRatio = 0.1;
    private const int LeastCalls = 100;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);
    private static readonly ResiliencePropertyKey<Call> CallKey = new("Stack.Call");

    private readonly ConcurrentDictionary<(string Client, string Authority), ResiliencePipeline<HttpResponseMessage>> _pipelines = new();

    /// <exception cref="OptionsValidationException">The settings of the client can't be used.</exception>
    public HttpClientSettings SettingsOf(string client) => settings.Get(client);

    public async Task<HttpResponseMessage> SendAsync(
        string client, HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(CallKey, new(request, time.GetTimestamp()));
        try
        {
            return await For(client, AuthorityOf(request)).ExecuteAsync(
                static async (context, call) => await call.send(call.request, context.CancellationToken), context, (request, send));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public static string AuthorityOf(HttpRequestMessage request)
        => request.RequestUri is { IsAbsoluteUri: true } uri ? $"{uri.Scheme}://{uri.Authority}" : "nowhere";

    private ResiliencePipeline<HttpResponseMessage> For(string client, string authority)
    {
        if (_pipelines.Count >= Most)
        {
            _pipelines.Clear();
        }

        return _pipelines.GetOrAdd((client, authority), static (key, self) => self.Build(key.Client, key.Authority), this);
    }

    private ResiliencePipeline<HttpResponseMessage> Build(string client, string authority)
    {
        var limits = SettingsOf(client);
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        pipeline.AddTimeout(limits.TotalTimeout);
        if (limits.Retries > 0)
        {
            pipeline.AddRetry(Retries(limits));
        }

        return pipeline.AddCircuitBreaker(Breaker(client, authority)).AddTimeout(limits.AttemptTimeout).Build();
    }

    private RetryStrategyOptions<HttpResponseMessage> Retries(HttpClientSettings limits) => new()
    {
        MaxRetryAttempts = limits.Retries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = FirstPause,
        ShouldHandle = retry => ValueTask.FromResult(
            RetryRules.IsTransient(retry.Outcome)
            && retry.Context.Properties.TryGetValue(CallKey, out var call)
            && RetryRules.MayRepeat(call.Request, retry.Outcome.Exception)
            && (RetryAfter(retry.Outcome) ?? TimeSpan.Zero) < limits.TotalTimeout - time.GetElapsedTime(call.Start)),
        DelayGenerator = delay => ValueTask.FromResult(RetryAfter(delay.Outcome)),
    };

    private CircuitBreakerStrategyOptions<HttpResponseMessage> Breaker(string client, string authority)
    {
        var isOpen = false; // a trial that fails opens it again: that is no news
        return new()
        {
            FailureRatio = FailureRatio,
            MinimumThroughput = LeastCalls,
            SamplingDuration = Sampling,
            BreakDuration = Break,
            ShouldHandle = outcome => ValueTask.FromResult(RetryRules.IsTransient(outcome.Outcome)),
            OnOpened = _ =>
            {
                if (!isOpen)
                {
                    isOpen = true;
                    LogOpened(HttpClientSettings.SectionOf(client), authority, Sampling.TotalSeconds, Break.TotalSeconds);
                }

                return default;
            },
            OnClosed = _ =>
            {
                isOpen = false;
                LogClosed(HttpClientSettings.SectionOf(client), authority);
                return default;
            },
        };
    }

    private TimeSpan? RetryAfter(Outcome<HttpResponseMessage> outcome) => RetryRules.RetryAfter(outcome.Result, time.GetUtcNow());

    [LoggerMessage(9701, LogLevel.Warning, "One in ten calls of HTTP client '{Client}' to {Authority} or more failed within {Sampling} s: no call goes there for {Break} s, "
        + "then one is tried, and so on until it is answered.")]
    private partial void LogOpened(string client, string authority, double sampling, double @break);

    [LoggerMessage(9702, LogLevel.Information, "{Authority} answers HTTP client '{Client}' again.")]
    private partial void LogClosed(string client, string authority);

    private sealed record Call(HttpRequestMessage Request, long Start);
}
