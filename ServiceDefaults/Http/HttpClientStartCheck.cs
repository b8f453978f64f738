using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Http;

/// <summary>Refuses to start with settings of HTTP clients that can't be used, and names all that is wrong with them.</summary>
internal sealed class HttpClientStartCheck(
    IConfiguration configuration, IOptionsMonitor<HttpClientSettings> settings, IEnumerable<IConfigureOptions<HttpClientFactoryOptions>> clients) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var sections = configuration.GetSection(HttpClientSettings.Section).GetChildren().Select(section => section.Key).ToList();
        if (sections.Count == 0)
        {
            return Task.CompletedTask; // the defaults are right
        }

        var registered = clients.OfType<ConfigureNamedOptions<HttpClientFactoryOptions>>().Select(client => client.Name).OfType<string>();
        var names = sections.Where(section => !section.Equals(HttpClientSettings.ForAll, StringComparison.OrdinalIgnoreCase)).Concat(registered).Prepend(Options.DefaultName);
        List<string> faults = [.. names.Distinct(StringComparer.OrdinalIgnoreCase).SelectMany(FaultsOf).Distinct(StringComparer.Ordinal)];
        return faults.Count == 0 ? Task.CompletedTask : throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> FaultsOf(string name)
    {
        try
        {
            settings.Get(name);
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
        catch (InvalidOperationException unreadable) // by the binder, which names the key
        {
            return [unreadable.Message];
        }
    }
}
