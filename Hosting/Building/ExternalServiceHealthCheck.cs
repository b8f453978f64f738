using Aspire.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Stack.Hosting.Building;

/// <summary>Asks an external service by HTTP how it is.</summary>
internal sealed class ExternalServiceHealthCheck(ExternalServiceResource service, string path, int statusCode, IHttpClientFactory clients) : IHealthCheck
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var url = new Uri(await service.GetUriAsync(cancellationToken).ConfigureAwait(false), path);
            using var client = clients.CreateClient();
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return status == statusCode
                ? HealthCheckResult.Healthy($"{url} answered {status}")
                : new HealthCheckResult(context.Registration.FailureStatus, $"{url} answered {status} instead of {statusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or DistributedApplicationException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"External service '{service.Name}': {e.Message}", e);
        }
    }
}
