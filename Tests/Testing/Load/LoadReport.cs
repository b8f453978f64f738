using System.Text;

namespace Testing.Load;

/// <summary>What a <see cref="StrictClient"/> has seen from its start to its stop.</summary>
public sealed class LoadReport
{
    private readonly string _client;
    private readonly HashSet<string> _acknowledged;

    internal LoadReport(string client, TimeSpan duration, IReadOnlyList<ConnectionLog> logs)
    {
        _client = client;
        _acknowledged = [.. logs.SelectMany(log => log.Acknowledged)];
        Duration = duration;
        Connections = logs.Sum(log => log.Opened);
        Failures = [.. logs.SelectMany(log => log.Failures).OrderBy(failure => failure.At)];
        Gets = new Latencies(logs.SelectMany(log => log.Gets));
        Posts = new Latencies(logs.SelectMany(log => log.Posts));
        Replicas = logs.SelectMany(log => log.Replicas).GroupBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);
    }

    public TimeSpan Duration { get; }

    /// <summary>Connections that were opened in all.</summary>
    public int Connections { get; }

    public IReadOnlyList<RequestFailure> Failures { get; }

    public IReadOnlyList<RequestFailure> FailedGets => [.. Failures.Where(failure => failure.Method == "GET")];

    public IReadOnlyList<RequestFailure> FailedPosts => [.. Failures.Where(failure => failure.Method == "POST")];

    /// <summary>GETs that were answered.</summary>
    public Latencies Gets { get; }

    /// <summary>POSTs that were answered.</summary>
    public Latencies Posts { get; }

    /// <summary>Requests that were sent.</summary>
    public int Sent => Gets.Count + Posts.Count + Failures.Count;

    /// <summary>How many requests each replica has answered.</summary>
    public IReadOnlyDictionary<string, int> Replicas { get; }

    /// <summary>Compares what was answered with what was executed.</summary>
    public Effects Against(IEnumerable<ExecutedRequest> executed)
    {
        var times = executed.Where(request => request.Method == "POST" && request.Id.StartsWith($"{_client}-", StringComparison.Ordinal))
            .GroupBy(request => request.Id, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        return new Effects(
            [.. times.Where(pair => pair.Value > 1).Select(pair => pair.Key)],
            [.. _acknowledged.Where(id => !times.ContainsKey(id))],
            FailedPosts.Count(failure => times.ContainsKey(failure.Id)));
    }

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine($"{Sent} requests in {Duration.TotalSeconds:0.0} s over {Connections} connections, {Failures.Count} failed");
        text.AppendLine($"GET  {Gets}, {FailedGets.Count} failed");
        text.AppendLine($"POST {Posts}, {FailedPosts.Count} failed");
        text.AppendLine(string.Join(", ", Replicas.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}")));
        foreach (var failure in Failures.Take(50))
        {
            text.AppendLine($"{failure}");
        }

        return text.ToString();
    }
}

/// <summary>What became of POSTs.</summary>
/// <param name="Duplicated">Ids that were executed more than once, answered or not.</param>
/// <param name="Lost">Ids that were answered and never executed.</param>
/// <param name="ExecutedThoughFailed">How many failed ones were executed all the same.</param>
public sealed record Effects(IReadOnlyList<string> Duplicated, IReadOnlyList<string> Lost, int ExecutedThoughFailed)
{
    public override string ToString() => $"{Duplicated.Count} executed twice, {Lost.Count} lost, {ExecutedThoughFailed} executed though they failed";
}

/// <summary>How long answers took.</summary>
public sealed class Latencies(IEnumerable<TimeSpan> took)
{
    private readonly TimeSpan[] _sorted = [.. took.Order()];

    public int Count => _sorted.Length;

    public TimeSpan Longest => Percentile(100);

    /// <summary>That many of a hundred took no longer; zero when there are none.</summary>
    public TimeSpan Percentile(double percent) => Count == 0 ? TimeSpan.Zero : _sorted[Math.Clamp((int)Math.Ceiling(Count * percent / 100) - 1, 0, Count - 1)];

    public override string ToString() =>
        $"{Count} answered; ms: p50 {Ms(50)}, p99 {Ms(99)}, p99.9 {Ms(99.9)}, longest {Ms(100)}";

    private string Ms(double percent) => $"{Percentile(percent).TotalMilliseconds:0.0}";
}
