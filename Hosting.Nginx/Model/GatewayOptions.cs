using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Assets;

namespace Stack.Hosting.Nginx.Model;

/// <summary>What the AppHost asks for beyond sites and their replicas; the defaults are those of a plain gateway.</summary>
internal sealed record GatewayOptions
{
    /// <summary>Null: the defaults of both sides.</summary>
    public LimitsPlan? Limits { get; init; }

    /// <summary>Null: plain HTTP.</summary>
    public TlsPlan? Tls { get; init; }

    /// <summary>Name of the cookie that keeps a client on its replica; null: each request may go to another one.</summary>
    public string? StickyCookie { get; init; }

    /// <summary>Addresses and ranges of the balancers in front, which may say who the client is.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Requests for a host that was not declared are refused.</summary>
    public bool HostsOnly { get; init; }

    /// <summary>What Nginx sends itself, by name of the site; files are relative to the folder of all of them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<StaticAsset>> Assets { get; init; } = new Dictionary<string, IReadOnlyList<StaticAsset>>(StringComparer.Ordinal);

    /// <summary>The user's own lines, in the order in which they were given.</summary>
    public IReadOnlyList<Snippet> Snippets { get; init; } = [];
}

/// <summary>What a request may be like. Nginx and the sites go by the same numbers.</summary>
/// <param name="Body">Bytes of a body.</param>
/// <param name="Headers">Bytes of all headers; a single one, and the request line, may have half of it.</param>
/// <param name="Timeout">How long a replica may say nothing.</param>
/// <param name="PerClientRate">Requests per second of one client; null: any number.</param>
internal sealed record LimitsPlan(long Body, int Headers, TimeSpan Timeout, int? PerClientRate)
{
    /// <summary>Bytes of a body that Nginx lets through where nobody says anything else: <c>30m</c>.</summary>
    public const long UsualBody = 30 << 20;

    /// <summary>What Nginx itself adds to the headers of a request that it passes on, generously.</summary>
    public const int AddedHeaders = 2048;

    /// <summary>Half of all headers, so that the four buffers of Nginx hold them however long each is.</summary>
    public int Line => Headers / 2;
}

/// <summary>Encryption towards clients.</summary>
/// <param name="Certificate">Absolute path.</param>
/// <param name="Key">Absolute path.</param>
/// <param name="RedirectPort">Port whose plain requests are sent to the encrypted one; null: none.</param>
/// <param name="Hsts">How long a browser shall not try plain HTTP again; null: it is not told.</param>
internal sealed record TlsPlan(string Certificate, string Key, int? RedirectPort, TimeSpan? Hsts);

/// <summary>Lines of the user's.</summary>
internal sealed record Snippet(NginxScope Scope, string Text);
