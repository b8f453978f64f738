namespace Stack.Hosting.Nginx.Model;

/// <summary>The times that have to be in order between Nginx, the site and the supervisor; the defaults are.</summary>
internal sealed record NginxTimings
{
    /// <summary>How long Nginx keeps an idle connection to a replica.</summary>
    public TimeSpan UpstreamKeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the replica keeps it: Kestrel's KeepAliveTimeout.</summary>
    public TimeSpan KestrelKeepAlive { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How long the host of a replica waits for its requests when it is told to stop.</summary>
    public TimeSpan HostShutdown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an old worker may go on with its requests.</summary>
    public TimeSpan WorkerShutdown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between the stop signal and KILL, of the replicas and of Nginx.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>In development the grace is short on purpose, and cuts workers that are not done.</summary>
    public bool IsDevelopment { get; init; }

    public static NginxTimings Development { get; } = new()
    {
        HostShutdown = TimeSpan.FromSeconds(4),
        StopGrace = TimeSpan.FromSeconds(5),
        IsDevelopment = true,
    };

    /// <summary>What is out of order, each naming the setting.</summary>
    public IEnumerable<string> Errors()
    {
        if (UpstreamKeepAlive >= KestrelKeepAlive)
        {
            yield return $"UpstreamKeepAlive ({Seconds(UpstreamKeepAlive)}) has to be shorter than Kestrel's KeepAliveTimeout ({Seconds(KestrelKeepAlive)}): " +
                "otherwise a replica closes connections that Nginx is just about to use.";
        }

        if (HostShutdown > WorkerShutdown)
        {
            yield return $"The host's ShutdownTimeout ({Seconds(HostShutdown)}) may not be longer than worker_shutdown_timeout ({Seconds(WorkerShutdown)}): " +
                "otherwise Nginx cuts requests that a stopping replica would still answer.";
        }

        if (HostShutdown >= StopGrace)
        {
            yield return $"The host's ShutdownTimeout ({Seconds(HostShutdown)}) has to be shorter than StopWaitSecs ({Seconds(StopGrace)}): " +
                "otherwise a replica is killed before its own limit.";
        }

        if (!IsDevelopment && WorkerShutdown >= StopGrace)
        {
            yield return $"worker_shutdown_timeout ({Seconds(WorkerShutdown)}) has to be shorter than StopWaitSecs ({Seconds(StopGrace)}): " +
                "otherwise Nginx is killed before its own limit.";
        }
    }

    private static string Seconds(TimeSpan span) => $"{span.TotalSeconds:0.###} s";
}
