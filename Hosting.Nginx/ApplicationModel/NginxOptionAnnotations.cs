namespace Aspire.Hosting.ApplicationModel;

/// <summary>A path of a host, or of all hosts without routes of their own, and the site that it leads to.</summary>
/// <param name="Host">Name of the host; null: all others.</param>
/// <param name="Path">Begins with a slash, and does not end with one unless it is all of it.</param>
/// <param name="Site">The site.</param>
internal sealed record NginxRouteAnnotation(string? Host, string Path, ProjectResource Site) : IResourceAnnotation
{
    public bool StripPrefix { get; init; }

    public bool Idempotent { get; init; }

    public TimeSpan? Timeout { get; init; }
}

/// <summary>Requests for other hosts are refused.</summary>
/// <param name="Hosts">Names of the host that has the routes without one.</param>
internal sealed record NginxHostsOnlyAnnotation(IReadOnlyList<string> Hosts) : IResourceAnnotation;

/// <summary>What a request may be like, for Nginx and all sites behind it.</summary>
internal sealed record NginxLimitsAnnotation(long Body, int Headers, TimeSpan Timeout, int? PerClientRate) : IResourceAnnotation;

/// <summary>Encryption towards clients; paths as they were given.</summary>
internal sealed record NginxTlsAnnotation(string Certificate, string Key, TimeSpan? Hsts) : IResourceAnnotation;

/// <summary>A client stays with its replica.</summary>
internal sealed record NginxStickyAnnotation(string Cookie) : IResourceAnnotation;

/// <summary>The balancers in front that may say who the client is.</summary>
internal sealed record NginxTrustedProxiesAnnotation(IReadOnlyList<string> Proxies) : IResourceAnnotation;

/// <summary>Nginx sends the static files of the site.</summary>
internal sealed record NginxStaticFilesAnnotation(ProjectResource Site) : IResourceAnnotation;

/// <summary>Lines of the user's.</summary>
internal sealed record NginxSnippetAnnotation(NginxScope Scope, string Text) : IResourceAnnotation;
