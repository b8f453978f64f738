using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Stack.ServiceDefaults.Http;

/// <summary>How calls of an HTTP client are kept within bounds: section <c>Stack:Http:name of the client</c>, and what that leaves open <c>Stack:Http:Default</c>.</summary>
internal sealed class HttpClientSettings
{
    public const string Section = "Stack:Http";
    public const string ForAll = "Default";

    /// <summary>Whether there are time-outs, tries and a circuit breaker at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>From the call to the headers of the answer, all tries together.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries after the first one.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>One try, up to the headers of the answer.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Under which name a client has its section.</summary>
    public static string SectionOf(string? client) => string.IsNullOrEmpty(client) ? ForAll : client;

    /// <summary>The key under which a setting of the client stands, or could stand.</summary>
    public static string KeyOf(IConfiguration configuration, string? client, string setting)
    {
        var own = $"{Section}:{SectionOf(client)}:{setting}";
        return configuration[own] is null ? $"{Section}:{ForAll}:{setting}" : own;
    }
}

/// <summary>Reads the settings of a client, whatever its name.</summary>
internal sealed class HttpClientSettingsReader(IConfiguration configuration) : IConfigureNamedOptions<HttpClientSettings>
{
    public void Configure(HttpClientSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, HttpClientSettings options)
    {
        var section = configuration.GetSection(HttpClientSettings.Section);
        section.GetSection(HttpClientSettings.ForAll).Bind(options);
        section.GetSection(HttpClientSettings.SectionOf(name)).Bind(options);
    }
}
