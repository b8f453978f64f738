using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Http;

/// <summary>Gives every client of <see cref="IHttpClientFactory"/> service discovery and resilience.</summary>
internal static class HttpClientSetup
{
    /// <summary>The exporters' own: they have their own tries, and what is sent of telemetry must not become telemetry.</summary>
    private static readonly string[] Exporters = ["OtlpTraceExporter", "OtlpMetricExporter", "OtlpLogExporter"];

    public static void AddHttpClientDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServiceDirectory>();
        builder.Services.AddSingleton<ResiliencePipelines>();
        builder.Services.AddSingleton<IConfigureOptions<HttpClientSettings>, HttpClientSettingsReader>();
        builder.Services.AddSingleton<IValidateOptions<HttpClientSettings>, HttpClientSettingsCheck>();
        builder.Services.AddHostedService<HttpClientStartCheck>();
        builder.Services.ConfigureHttpClientDefaults(clients =>
            clients.Services.ConfigureAll<HttpClientFactoryOptions>(options => options.HttpMessageHandlerBuilderActions.Add(AddHandlers)));
        foreach (var exporter in Exporters)
        {
            builder.Services.AddHttpClient(exporter).RemoveAllLoggers();
        }
    }

    // The handlers that the site adds to a client come after these, so that they see each try and the address it goes to.
    private static void AddHandlers(HttpMessageHandlerBuilder client)
    {
        if (Exporters.Contains(client.Name))
        {
            return;
        }

        client.AdditionalHandlers.Add(new ResilienceHandler(client.Name ?? "", client.Services));
        client.AdditionalHandlers.Add(new ServiceDiscoveryHandler(client.Services.GetRequiredService<ServiceDirectory>()));
    }
}
