using System.Net;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>What is to be served and with what; made from the application model and the settings.</summary>
internal sealed record NginxRequest
{
    /// <summary>Name of the resource.</summary>
    public required string Name { get; init; }

    public required int Port { get; init; }

    public IReadOnlyList<IPAddress> ListenOn { get; init; } = [IPAddress.Loopback];

    public required IReadOnlyList<UpstreamPlan> Upstreams { get; init; }

    public required IReadOnlyList<HostPlan> Hosts { get; init; }

    /// <summary>Absolute path of the socket on which Nginx tells the AppHost what it does.</summary>
    public required string AdminSocket { get; init; }

    /// <summary>Absolute path of <c>&lt;state&gt;/nginx</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The user's hand-written part; null: the copy inside this assembly.</summary>
    public string? Source { get; init; }

    public required RuntimeWish Runtime { get; init; }

    /// <summary>True in production: what an AppHost before left running serves on, and this one goes on with it.</summary>
    public bool OutlivesAppHost { get; init; }

    public NginxTimings Timings { get; init; } = new();

    /// <summary>True: a request belongs to the trace that its client names.</summary>
    public bool ClientTraceContext { get; init; }

    public GatewayOptions Options { get; init; } = new();
}

/// <summary>How Nginx is to be started.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Choice">What it will run as, and why.</param>
/// <param name="Version">Folder of the version of the configuration in use.</param>
internal sealed record NginxLaunch(string FileName, IReadOnlyList<string> Arguments, RuntimeChoice Choice, string Version);
