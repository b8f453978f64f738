using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Tests.Web;

/// <summary>Resources and replicas as an AppHost would describe them.</summary>
internal static class Sample
{
    public static ReplicaStatus Replica(string name, int? port = null, string state = "Running", string health = "Ready") => new()
    {
        Name = name,
        State = state,
        Health = health,
        Pid = state is "Running" or "Starting" or "Stopping" ? 5000 + (port ?? 0) % 1000 : null,
        Port = port,
        Restarts = 0,
        StartedAt = state is "Running" or "Starting" or "Stopping" ? TimeProvider.System.GetUtcNow().AddMinutes(-192) : null,
        Generation = 1,
        Url = port is null ? null : $"http://127.0.0.1:{port}",
        Failures = 0,
        NextAttemptAt = null,
        LastExit = null,
        Reason = null,
        Rss = 105L * 1024 * 1024,
    };

    public static ResourceStatus Site(params ReplicaStatus[] replicas) => Resource("site", "Project", replicas);

    public static ResourceStatus Site(int replicas) =>
        Site([.. Enumerable.Range(8001, replicas).Select(port => Replica($"site-{port}", port))]);

    public static ResourceStatus Nginx(string url = "http://localhost:8080") =>
        Resource("nginx", "NginxResource", [Replica("nginx", 8080)]) with { Urls = [url] };

    public static ResourceStatus Resource(string name, string type, params ReplicaStatus[] replicas) => new()
    {
        Name = name,
        Type = type,
        State = replicas.Length == 0 ? "Stopped" : replicas[0].State,
        Health = replicas.Length == 0 ? "Unknown" : replicas[0].Health,
        Urls = [],
        Wanted = replicas.Length,
        Ready = replicas.Count(r => r is { State: "Running", Health: "Ready" }),
        Replicas = replicas,
    };

    /// <summary>A job of three seconds that ended well a minute ago, or did not.</summary>
    public static ResourceStatus Job(string name, int exitCode = 0)
    {
        var ended = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var replica = Replica(name, null, "Exited", "Unknown") with
        {
            StartedAt = ended.AddSeconds(-3), EndedAt = ended, IsDone = exitCode == 0, LastExit = $"exit code {exitCode}", Reason = $"exit code {exitCode}", Rss = null,
        };
        return Resource(name, "Project", replica) with { Wanted = exitCode == 0 ? 0 : 1 };
    }

    /// <summary>What an AppHost tells of a replica beyond the status.</summary>
    public static ResourceDetails Details(string name, string resource) => new()
    {
        Name = name,
        Resource = resource,
        Relationships = [new ResourceRelationship("redis", "Reference"), new ResourceRelationship("nginx", "WaitFor", IsIncoming: true)],
        Commands =
        [
            new CommandDetails { Name = "start", DisplayName = "Start", State = "Hidden" },
            new CommandDetails { Name = "stop", DisplayName = "Stop", State = "Enabled" },
            new CommandDetails { Name = "purge", DisplayName = "Purge cache", State = "Enabled" },
            new CommandDetails { Name = "rebuild", DisplayName = "Rebuild", State = "Disabled" },
        ],
        Replicas =
        [
            new ReplicaDetails
            {
                Name = name,
                Urls = [new UrlDetails("http://127.0.0.1:8001", "http", null, IsInactive: false), new UrlDetails("javascript:alert(1)", null, null, IsInactive: false)],
                HealthReports = [new HealthReportDetails("site_health", "Healthy", "answered 200"), new HealthReportDetails("db", null, null)],
                Moves =
                [
                    new ReplicaMove(DateTimeOffset.UnixEpoch.AddSeconds(30), 1, "Running", "Ready", "In", null),
                    new ReplicaMove(DateTimeOffset.UnixEpoch.AddSeconds(20), 1, "Starting", "Unknown", "None", null),
                    new ReplicaMove(DateTimeOffset.UnixEpoch.AddSeconds(10.25), 0, "Waiting", "Unknown", "None", "a slot to start in"),
                ],
                LastWords = ["Unhandled exception.", "   at Main()"],
                Properties = [new PropertyDetails("resource.source", "Site"), new PropertyDetails("project.path", "/srv/Site.csproj")],
                Environment =
                [
                    new VariableDetails("API_KEY", "******", IsMasked: true, IsFromModel: true), new VariableDetails("GREETING", "hello", IsMasked: false, IsFromModel: true),
                    new VariableDetails("PATH", "/bin", IsMasked: false, IsFromModel: false),
                ],
            },
        ],
    };
}
