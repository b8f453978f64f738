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
}
