using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Stack.ServiceDefaults.Http;

/// <summary>
/// Where services are, as the configuration tells it: <c>services:name:scheme:0</c>, <c>1</c>, …, in the scheme's place also the name of an
/// endpoint or <c>default</c>. An AppHost and the publishers write it as <c>services__name__scheme__0</c>.
/// </summary>
internal sealed class ServiceDirectory : IDisposable
{
    private const string Section = "services";
    private const string AnyEndpoint = "default";

    private readonly IConfiguration _configuration;
    private readonly IDisposable _reloads;
    private volatile FrozenDictionary<string, ServiceAddresses> _services;

    public ServiceDirectory(IConfiguration configuration)
    {
        _configuration = configuration;
        _services = Read();
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, () => _services = Read());
    }

    /// <summary>
    /// The addresses of the service that a request names: <c>http://name</c>, <c>https+http://name</c> (the first scheme that has one),
    /// <c>http://_endpoint.name</c>. Null when it names none: a request with a port is a plain address.
    /// </summary>
    public ServiceAddresses? Find(Uri asked)
    {
        var services = _services;
        if (services.Count == 0 || !asked.IsDefaultPort)
        {
            return null;
        }

        var schemes = Schemes(asked);
        var (name, endpoints) = Split(asked.Host) is { } named ? (named.Name, [named.Endpoint]) : (asked.Host, (string[])[AnyEndpoint, .. schemes]);
        foreach (var endpoint in endpoints)
        {
            foreach (var scheme in schemes)
            {
                if (services.TryGetValue(Key(name, endpoint, scheme), out var addresses))
                {
                    return addresses;
                }
            }
        }

        return null;
    }

    /// <summary>The schemes that will do, the best first: <c>https+http</c> are two.</summary>
    public static string[] Schemes(Uri asked) => asked.Scheme.Split('+');

    public void Dispose() => _reloads.Dispose();

    private static (string Name, string Endpoint)? Split(string host)
        => host.StartsWith('_') && host.IndexOf('.', StringComparison.Ordinal) is > 1 and var dot ? (host[(dot + 1)..], host[1..dot]) : null;

    private static string Key(string name, string endpoint, string scheme) => $"{name}:{endpoint}:{scheme}";

    // By scheme, so that what is asked for over TLS never goes to an address without it.
    private FrozenDictionary<string, ServiceAddresses> Read()
        => (from service in _configuration.GetSection(Section).GetChildren()
            from endpoint in service.GetChildren()
            from entry in endpoint.Value is null ? endpoint.GetChildren() : [endpoint]
            let address = Address(entry.Value)
            where address is not null
            group address by Key(service.Key, endpoint.Key, address.Scheme))
        .ToFrozenDictionary(addresses => addresses.Key, addresses => new ServiceAddresses([.. addresses]), StringComparer.OrdinalIgnoreCase);

    // What is no web address is none of ours: tcp://…, or a section that the site itself calls "services".
    private static Uri? Address(string? value)
        => Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address : null;
}
