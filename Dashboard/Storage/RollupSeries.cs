using System.Text.Json;

namespace Stack.Dashboard.Storage;

/// <summary>A series of a metric that is rolled up: what it means, and how far it has been counted.</summary>
internal sealed class RollupSeries
{
    public const string RequestMetric = "http.server.request.duration";

    /// <summary>The states a replica can be in; the last ones matter most where several fall into one length of time.</summary>
    public static readonly string[] States = ["Unknown", "Stopped", "Exited", "Waiting", "Running", "Stopping", "Starting", "Backoff", "Fatal"];

    private readonly string _type;

    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(2);

    private RollupSeries(string type) => _type = type;

    /// <summary>Null for requests.</summary>
    public int? Measure { get; private init; }

    /// <summary>Service and display name of whom it is about.</summary>
    public required SenderName Sender { get; init; }

    /// <summary>The resource that sends it.</summary>
    public required string SentBy { get; init; }

    /// <summary>The same over restarts.</summary>
    public required string Hash { get; init; }

    public string Route { get; private init; } = "";

    public int Class { get; private init; }

    private bool IsDelta => _type.EndsWith(":delta", StringComparison.Ordinal);

    /// <summary>Its value grows: what matters is by how much.</summary>
    public bool IsCounter => (UsageKind?)Measure is UsageKind.OwnCpu or UsageKind.AcceptedConnections or UsageKind.HandledConnections;

    /// <summary>How far it has been counted; null: nothing has come yet.</summary>
    public RollupBaseline? Current { get; set; }

    /// <summary>The same as of the last commit.</summary>
    public RollupBaseline? Committed { get; set; }

    /// <summary>A look at the name alone: most points are of no interest here.</summary>
    public static bool IsMeant(string metric) =>
        metric is RequestMetric or "dotnet.process.cpu.time" or "dotnet.process.memory.working_set"
        || metric.StartsWith("stack.replica.", StringComparison.Ordinal) || metric.StartsWith("nginx.connections_", StringComparison.Ordinal);

    /// <summary>Null when nothing is made of it.</summary>
    public static RollupSeries? Of(ResourceInfo sender, SeriesInfo series)
    {
        using var attributes = JsonDocument.Parse(series.AttributesJson);
        var about = series.Name.StartsWith("stack.replica.", StringComparison.Ordinal)
            ? Text(attributes, "stack.replica") is { } replica ? new SenderName("", replica, replica) : null
            : new SenderName(sender.Service, sender.InstanceId, sender.DisplayName);
        var measure = MeasureOf(series.Name, attributes);
        if (about is null || (measure is null && series.Name != RequestMetric))
        {
            return null;
        }

        return new RollupSeries(series.Type)
        {
            Sender = about,
            SentBy = sender.Hash,
            Hash = ResourceInfo.HashOf(sender.Hash, series.Scope.Name, series.Name, series.Unit, series.Type, series.AttributesJson),
            Measure = measure,
            // MVC's conventional routing reports one text for every action; ServiceDefaults fills controller and action in.
            Route = Text(attributes, "stack.route") ?? Text(attributes, "http.route") ?? "",
            Class = ClassOf(attributes),
        };
    }

    /// <summary>
    /// Takes the next point of a histogram. Answers what is new in it and since when; null when nothing is, or nobody can say when it was.
    /// </summary>
    /// <param name="start">When the sender began to count; 0 = it does not say.</param>
    /// <param name="at">The point's time.</param>
    /// <param name="sender">When this sender's earlier points were.</param>
    /// <param name="point">What has been counted since the start, or since the last point.</param>
    public (long From, DurationGrid New)? Advance(long start, long at, SenderTimes sender, byte[] point)
    {
        var known = Current;
        if (known is not null && (at <= known.At || (start != 0 && start < known.Start)))
        {
            // Sent twice, or the last words of an earlier process.
            return null;
        }

        Current = new RollupBaseline(start, at, 0, IsDelta ? [] : point);
        var sample = HistogramSample.Read(point, _type);
        if (IsDelta)
        {
            return (start != 0 ? start : known?.At ?? at, sample.Since(null));
        }

        if (known is null)
        {
            return sender.First < at ? (Math.Max(start, sender.Previous), sample.Since(null))
                : start != 0 && at - start <= FreshFor.Ticks ? (start, sample.Since(null))
                // The dashboard came later than the sender: what it counted before cannot be put anywhere.
                : null;
        }

        var before = HistogramSample.Read(known.Point, _type);
        return known.Start == start && sample.Count >= before.Count ? (known.At, sample.Since(before)) : (Math.Max(start, known.At), sample.Since(null));
    }

    /// <summary>Takes the next point of a counter; answers how much it has grown, and since when.</summary>
    public (long From, double New)? Advance(long start, long at, double value)
    {
        var known = Current;
        if (known is not null && (at <= known.At || (start != 0 && start < known.Start)))
        {
            return null;
        }

        Current = new RollupBaseline(start, at, value, []);
        return IsDelta ? (start != 0 ? start : known?.At ?? at, value)
            : known is null ? null
            : known.Start == start && value >= known.Value ? (known.At, value - known.Value) : (Math.Max(start, known.At), value);
    }

    private static int? MeasureOf(string metric, JsonDocument attributes) => metric switch
    {
        "stack.replica.cpu" => (int)UsageKind.Cpu,
        "stack.replica.memory" => (int)UsageKind.Memory,
        "stack.replica.ready" => (int)UsageKind.Ready,
        "stack.replica.state" => (int)UsageKind.State + Math.Max(0, Array.IndexOf(States, Text(attributes, "stack.state"))),
        "dotnet.process.cpu.time" => (int)UsageKind.OwnCpu,
        "dotnet.process.memory.working_set" => (int)UsageKind.OwnMemory,
        "nginx.connections_current" => (int?)ConnectionsOf(Text(attributes, "state")),
        "nginx.connections_accepted" => (int)UsageKind.AcceptedConnections,
        "nginx.connections_handled" => (int)UsageKind.HandledConnections,
        _ => null,
    };

    private static UsageKind? ConnectionsOf(string? state) => state switch
    {
        "active" => UsageKind.OpenConnections,
        "reading" => UsageKind.ReadingConnections,
        "writing" => UsageKind.WritingConnections,
        "waiting" => UsageKind.WaitingConnections,
        _ => null,
    };

    private static int ClassOf(JsonDocument attributes)
    {
        if (attributes.RootElement.TryGetProperty("http.response.status_code", out var status)
            && ((status.ValueKind is JsonValueKind.Number && status.TryGetInt32(out var code)) || int.TryParse(status.ToString(), out code)))
        {
            return Math.Clamp(code / 100, 0, 5);
        }

        return attributes.RootElement.TryGetProperty("error.type", out _) ? 5 : 0;
    }

    private static string? Text(JsonDocument attributes, string key) =>
        attributes.RootElement.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}

/// <summary>How far a series has been counted.</summary>
/// <param name="Start">Since when the sender counts.</param>
/// <param name="At">The time of the last point.</param>
/// <param name="Value">Its value, for a number.</param>
/// <param name="Point">The point itself, for a histogram.</param>
internal sealed record RollupBaseline(long Start, long At, double Value, byte[] Point);

/// <summary>Whom figures are about: an instance by what it sent, or (without service) a replica as AppHost and gateway name it.</summary>
internal sealed record SenderName(string Service, string? InstanceId, string DisplayName)
{
    public long Id { get; } = RollupNames.IdOf(Service, DisplayName);
}

/// <summary>When a sender's points of one metric were: what tells a new series of an old process from an old one.</summary>
internal sealed class SenderTimes
{
    public long First { get; private set; }

    public long Previous { get; private set; }

    private long _last;

    public void Note(long at)
    {
        First = First == 0 ? at : First;
        if (at > _last)
        {
            (Previous, _last) = (_last, at);
        }
    }
}
