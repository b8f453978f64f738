using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The generated part of a configuration, as a tree; what may be changed before it is rendered.</summary>
internal sealed record NginxConfig
{
    public required NginxVersion Version { get; init; }

    /// <summary>Before <c>events</c> and <c>http</c>: pid, error_log, workers.</summary>
    public required IReadOnlyList<Directive> Main { get; init; }

    /// <summary>At http level, before pools and servers: maps, logs, temporary files.</summary>
    public required IReadOnlyList<Directive> Http { get; init; }

    public required IReadOnlyList<Pool> Pools { get; init; }

    public required IReadOnlyList<Server> Servers { get; init; }

    /// <summary>The server for the AppHost; null where none asks.</summary>
    public Server? Admin { get; init; }

    /// <summary>The user's own lines, by path of their file.</summary>
    public required IReadOnlyDictionary<string, string> Snippets { get; init; }

    /// <summary>Files that others include, by path.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Directive>> Includes { get; init; }
}

/// <summary>A directive, or a block of them when it has children.</summary>
internal sealed record Directive(NginxValue Name, params IReadOnlyList<NginxValue> Arguments)
{
    public IReadOnlyList<Directive>? Children { get; init; }

    /// <summary>Why it is there; written above it.</summary>
    public string? Comment { get; init; }
}

/// <summary>A group of replicas that requests are spread over.</summary>
internal sealed record Pool
{
    public required string Name { get; init; }

    public required NginxBalancing Balancing { get; init; }

    /// <summary>A client stays with its replica, whatever the balancing.</summary>
    public required bool IsSticky { get; init; }

    public required IReadOnlyList<PoolServer> Servers { get; init; }

    /// <summary>Idle connections that each worker keeps; 0: none.</summary>
    public required int KeepAlive { get; init; }

    public required TimeSpan KeepAliveTimeout { get; init; }
}

/// <summary>One replica of a group. Down: it gets no requests.</summary>
internal sealed record PoolServer(string Address, bool Down);

/// <summary>One <c>server</c> block.</summary>
internal sealed record Server
{
    /// <summary>What it is for; written above it.</summary>
    public string? Comment { get; init; }

    public required IReadOnlyList<Directive> Directives { get; init; }

    public required IReadOnlyList<Location> Locations { get; init; }
}

/// <summary>One <c>location</c> block of a server.</summary>
/// <param name="Match">Modifier and path: <c>=</c> and <c>/health</c>, or just <c>/</c>.</param>
/// <param name="Directives">What it does.</param>
internal sealed record Location(IReadOnlyList<NginxValue> Match, IReadOnlyList<Directive> Directives)
{
    public string? Comment { get; init; }
}
