using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>Everything the configuration depends on: what the AppHost declares, what was allocated, and what the chosen nginx is.</summary>
internal sealed record NginxPlan
{
    /// <summary>Name of the resource, for messages.</summary>
    public required string Name { get; init; }

    public required int Port { get; init; }

    /// <summary>The addresses it listens on: loopback, or all interfaces when its endpoint is external.</summary>
    public IReadOnlyList<IPAddress> ListenOn { get; init; } = [IPAddress.Loopback];

    /// <summary>The sites behind it, each once.</summary>
    public required IReadOnlyList<UpstreamPlan> Upstreams { get; init; }

    /// <summary>Which host and path leads to which site; the first host takes the requests that no other is meant for.</summary>
    public required IReadOnlyList<HostPlan> Hosts { get; init; }

    /// <summary>How the AppHost, or a published script, steers Nginx while it runs; null where nobody does.</summary>
    public SteeringPlan? Steering { get; init; }

    public required NginxVersion Version { get; init; }

    /// <summary>Absolute path of <c>&lt;state&gt;/nginx</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The user of the workers; null when the master is not root, or takes the one it was compiled with.</summary>
    public WorkerUser? WorkerUser { get; init; }

    /// <summary>Processors that Nginx may use, quotas taken into account.</summary>
    public required int Processors { get; init; }

    /// <summary>The hard limit of open files; null when it is not known.</summary>
    public int? OpenFiles { get; init; }

    public NginxTimings Timings { get; init; } = new();

    /// <summary>True: a request belongs to the trace that its client names.</summary>
    public bool ClientTraceContext { get; init; }

    public GatewayOptions Options { get; init; } = new();
}

/// <summary>A site and where its replicas listen, in port order.</summary>
/// <param name="Site">Name of its resource.</param>
/// <param name="Servers">The addresses of its replicas.</param>
/// <param name="Balancing">How a replica is chosen.</param>
internal sealed record UpstreamPlan(string Site, IReadOnlyList<IPEndPoint> Servers, NginxBalancing Balancing = NginxBalancing.LeastConnections)
{
    /// <summary>Those that get no requests.</summary>
    public IReadOnlySet<IPEndPoint> Down { get; init; } = new HashSet<IPEndPoint>();

    /// <summary>The hosts of those that are reached by name, on the port of their address. In a published configuration each replica may have a host of its own.</summary>
    public IReadOnlyDictionary<IPEndPoint, string> Hosts { get; init; } = new Dictionary<IPEndPoint, string>();
}

/// <summary>A host and its paths.</summary>
/// <param name="Name">The name that clients ask for; null for the one that takes what no other is meant for.</param>
/// <param name="Routes">Which path leads to which site.</param>
internal sealed record HostPlan(string? Name, IReadOnlyList<RoutePlan> Routes)
{
    /// <summary>Its other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>A path with all that is below it, and the site that it leads to.</summary>
/// <param name="Path">Begins with a slash, and does not end with one unless it is all of it.</param>
/// <param name="Site">Name of the site's resource.</param>
internal sealed record RoutePlan(string Path, string Site)
{
    /// <summary>The site sees what comes after the path.</summary>
    public bool StripPrefix { get; init; }

    /// <summary>A request may be sent to a second replica whatever its method, though the first one may have executed it.</summary>
    public bool Idempotent { get; init; }

    /// <summary>How long a replica may say nothing; null: as all.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>What steers Nginx without a reload.</summary>
/// <param name="FlagFolder">Absolute path of the folder whose files say which replica gets no new requests.</param>
/// <param name="AdminSocket">Absolute path of the socket on which Nginx tells what it does; null: there is no AppHost to ask.</param>
internal sealed record SteeringPlan(string FlagFolder, string? AdminSocket);

/// <summary>User and group of the worker processes.</summary>
internal sealed record WorkerUser(string User, string Group);
