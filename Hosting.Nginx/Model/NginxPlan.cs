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

    /// <summary>The site that gets the requests; null when none was declared.</summary>
    public required UpstreamPlan? Upstream { get; init; }

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
}

/// <summary>A site and where its replicas listen, in port order.</summary>
internal sealed record UpstreamPlan(string Site, IReadOnlyList<IPEndPoint> Servers, NginxBalancing Balancing = NginxBalancing.LeastConnections);

/// <summary>User and group of the worker processes.</summary>
internal sealed record WorkerUser(string User, string Group);
