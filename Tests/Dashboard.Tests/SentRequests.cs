using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests;

/// <summary>What an instance says of its requests, as points of <c>http.server.request.duration</c>, and what others say of it.</summary>
internal sealed record SentRequests(string Instance = "site-8001", string Service = "site")
{
    private readonly List<double> _seconds = [];

    public string Route { get; init; } = "Home/Index";

    public int Status { get; init; } = 200;

    public required DateTimeOffset Start { get; init; }

    public string Temporality { get; init; } = "cumulative";

    public ResourceInfo Resource => new(Service, Instance, TelemetryResource.DisplayNameOf(Service, Instance), $$"""{"service.instance.id":"{{Instance}}"}""");

    /// <summary>The next point: all requests of before (unless deltas are sent) and these.</summary>
    public PointDraft After(DateTimeOffset at, params IEnumerable<double> seconds)
    {
        if (Temporality == "delta")
        {
            _seconds.Clear();
        }

        _seconds.AddRange(seconds);
        var series = new SeriesInfo(
            new ScopeInfo("Microsoft.AspNetCore.Hosting", ""), "http.server.request.duration", "s", $"exponential:{Temporality}",
            $$"""{"http.response.status_code":{{Status}},"http.route":"{controller}/{action}","stack.route":"{{Route}}"}""");
        return new PointDraft(Resource, series, new PointRow { Time = at, Start = Start, Histogram = Blob(_seconds), Progress = _seconds.Count });
    }

    /// <summary>A number about a replica, as the AppHost sends it.</summary>
    public static PointDraft Replica(DateTimeOffset at, string replica, string metric, double value, string? state = null) => new(
        new ResourceInfo("apphost", "apphost", "apphost", """{"service.instance.id":"apphost"}"""),
        new SeriesInfo(new ScopeInfo("Stack.Hosting", ""), metric, "1", "gauge", $$"""{"stack.replica":"{{replica}}"{{(state is null ? "" : $",\"stack.state\":\"{state}\"")}}}"""),
        new PointRow { Time = at, Real = value, Progress = value });

    /// <summary>Connections of the gateway's clients, as the AppHost sends what Nginx tells: now in a state, or new ones since ten seconds before.</summary>
    public static PointDraft Connections(DateTimeOffset at, string metric, double value, string? state = null) => new(
        new ResourceInfo("nginx", "nginx", "nginx", """{"service.name":"nginx"}"""),
        new SeriesInfo(new ScopeInfo("Stack.Nginx", ""), $"nginx.connections_{metric}", "{connection}", state is null ? "sum:delta" : "gauge", state is null ? "{}" : $$"""{"state":"{{state}}"}"""),
        new PointRow { Time = at, Start = at.AddSeconds(-10), Real = value, Progress = value });

    /// <summary>A request as the gateway tells of it.</summary>
    public static SpanDraft Gateway(DateTimeOffset end, double seconds, int status, params IReadOnlyList<GatewayTry> tries) => new(
        new ResourceInfo("nginx", "nginx", "nginx", """{"service.name":"nginx"}"""),
        new ScopeInfo("Stack.Nginx.AccessLog", ""),
        new SpanRow
        {
            TraceId = Guid.NewGuid().ToString("N"), SpanId = Guid.NewGuid().ToString("N")[..16], Name = "GET", Kind = 2,
            Start = end.AddSeconds(-seconds), DurationNanoseconds = (long)(seconds * 1e9), HttpStatus = status, Gateway = new GatewayRequest(tries),
        });

    private static byte[] Blob(List<double> seconds)
    {
        const int scale = 5;
        var point = new ExponentialPoint { Count = (ulong)seconds.Count, Scale = scale, Positive = new ExponentialPoint.Types.Buckets() };
        if (seconds.Count > 0)
        {
            var counts = seconds.GroupBy(s => (int)Math.Ceiling(Math.Log2(s) * (1 << scale)) - 1).ToDictionary(g => g.Key, g => (ulong)g.Count());
            point.Positive.Offset = counts.Keys.Min();
            point.Positive.BucketCounts.AddRange(Enumerable.Range(counts.Keys.Min(), counts.Keys.Max() - counts.Keys.Min() + 1).Select(i => counts.GetValueOrDefault(i)));
        }

        return point.ToByteArray();
    }
}
