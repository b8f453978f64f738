using Microsoft.Extensions.DependencyInjection;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Stack.ServiceDefaults.Http;

/// <summary>Sends the calls of one client through their pipeline, and fails as an HTTP client fails: what calls it need not know of the library.</summary>
/// <remarks>The pipelines are asked for at the first call: they log, and a provider of logs may itself have been given a client.</remarks>
internal sealed class ResilienceHandler(string client, IServiceProvider services) : DelegatingHandler
{
    private ResiliencePipelines? _pipelines;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _pipelines ??= services.GetRequiredService<ResiliencePipelines>();
        if (!_pipelines.SettingsOf(client).Enabled)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        try
        {
            return await _pipelines.SendAsync(client, request, base.SendAsync, cancellationToken);
        }
        catch (TimeoutRejectedException late)
        {
            throw TimedOut(late, ResiliencePipelines.AuthorityOf(request));
        }
        catch (BrokenCircuitException open)
        {
            throw new HttpRequestException(
                $"Nothing was sent to {ResiliencePipelines.AuthorityOf(request)}: too many calls of HTTP client '{Name}' to it have failed. "
                + $"It is tried again within seconds; {HttpClientSettings.Section}:{Name}:{nameof(HttpClientSettings.Enabled)}=false turns this off.", open);
        }
    }

    private string Name => HttpClientSettings.SectionOf(client);

    // As HttpClient.Timeout does it.
    private TaskCanceledException TimedOut(TimeoutRejectedException late, string authority)
    {
        var setting = late.Timeout == _pipelines!.SettingsOf(client).TotalTimeout ? nameof(HttpClientSettings.TotalTimeout) : nameof(HttpClientSettings.AttemptTimeout);
        var message = $"{authority} has not answered HTTP client '{Name}' within {late.Timeout.TotalSeconds:0.##} s ({HttpClientSettings.Section}:{Name}:{setting}).";
        return new(message, new TimeoutException(message, late));
    }
}
