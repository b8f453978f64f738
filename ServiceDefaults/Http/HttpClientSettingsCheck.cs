using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Http;

/// <summary>Says all that is wrong with the settings of a client, each with its key.</summary>
internal sealed class HttpClientSettingsCheck(IConfiguration configuration, IOptionsMonitor<HttpClientFactoryOptions> clients) : IValidateOptions<HttpClientSettings>
{
    private const int MostRetries = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(23);
    private static readonly string[] Known =
        [nameof(HttpClientSettings.Enabled), nameof(HttpClientSettings.TotalTimeout), nameof(HttpClientSettings.Retries), nameof(HttpClientSettings.AttemptTimeout)];

    public ValidateOptionsResult Validate(string? name, HttpClientSettings options)
    {
        List<string> faults = [.. UnknownKeys(name)];
        if (options.Enabled)
        {
            faults.AddRange(Faults(name, options));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> UnknownKeys(string? name)
        => from section in new[] { HttpClientSettings.ForAll, HttpClientSettings.SectionOf(name) }.Distinct(StringComparer.OrdinalIgnoreCase)
           from setting in configuration.GetSection($"{HttpClientSettings.Section}:{section}").GetChildren()
           where !Known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)
           select $"{setting.Path} is no setting of HTTP clients. There are {string.Join(", ", Known)}.";

    private List<string> Faults(string? name, HttpClientSettings options)
    {
        var (total, attempt) = (Key(name, nameof(options.TotalTimeout)), Key(name, nameof(options.AttemptTimeout)));
        List<string> faults = [.. OutOfRange(total, options.TotalTimeout), .. OutOfRange(attempt, options.AttemptTimeout)];
        if (faults.Count == 0 && options.AttemptTimeout >= options.TotalTimeout)
        {
            faults.Add($"{attempt} ({options.AttemptTimeout}) has to be shorter than {total} ({options.TotalTimeout}), which is the time of all tries together. Lower the one, or raise the other.");
        }

        if (options.Retries is < 0 or > MostRetries)
        {
            faults.Add($"{Key(name, nameof(options.Retries))} is {options.Retries}; it has to be 0 to {MostRetries}.");
        }

        // Where nobody has set the total, a client with a short time-out of its own simply ends before it.
        if (faults.Count == 0 && configuration[total] is not null && ClientTimeout(name) is { } limit && options.TotalTimeout > limit)
        {
            faults.Add($"{total} ({options.TotalTimeout}) is longer than HttpClient.Timeout of client '{HttpClientSettings.SectionOf(name)}' ({limit}), which ends the call before. Lower the one, or raise the other.");
        }

        return faults;
    }

    private static IEnumerable<string> OutOfRange(string key, TimeSpan value)
    {
        if (value < Shortest || value > Longest)
        {
            yield return $"{key} is {value}; it has to be {Shortest.TotalMilliseconds} ms to {Longest.TotalHours} hours. A time is written as hours:minutes:seconds, half a minute as 00:00:30.";
        }
    }

    private string Key(string? name, string setting) => HttpClientSettings.KeyOf(configuration, name, setting);

    // What the site does to its client is known only by doing it to one.
    private TimeSpan? ClientTimeout(string? name)
    {
        using var client = new HttpClient();
        foreach (var configure in clients.Get(name).HttpClientActions)
        {
            configure(client);
        }

        return client.Timeout == Timeout.InfiniteTimeSpan ? null : client.Timeout;
    }
}
