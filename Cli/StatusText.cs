using System.Globalization;
using System.Text;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Writes the text of <c>stack status</c>: a line per replica, then the addresses.</summary>
internal static class StatusText
{
    private static readonly string[] Heading = ["NAME", "STATE", "READY", "PID", "PORT", "UPTIME", "RESTARTS", "RSS", "REASON"];

    public static string Write(StackStatus status, DateTimeOffset now)
    {
        // What the stack runs for itself goes to the end.
        var resources = status.Resources.OrderBy(r => r.Hidden).ToList();
        var text = new StringBuilder();
        AppendTable(text, [Heading, .. resources.SelectMany(r => r.Replicas).Select(r => Row(r, now))]);

        var addressed = resources.Where(r => r.Urls.Count > 0).ToList();
        if (addressed.Count > 0)
        {
            text.AppendLine();
            AppendTable(text, [.. addressed.Select(r => new[] { r.Name, string.Join("  ", r.Urls) })]);
        }

        return text.ToString();
    }

    /// <summary>True when every replica that is meant to run is ready.</summary>
    public static bool AllReady(StackStatus status) => status.Resources.All(r => r.Ready >= r.Wanted);

    private static string[] Row(ReplicaStatus replica, DateTimeOffset now) =>
    [
        replica.Name,
        replica.State.ToUpperInvariant(),
        replica.Health switch { "Ready" => "ready", "NotReady" => "not ready", "Dead" => "dead", _ => "-" },
        Number(replica.Pid),
        Number(replica.Port),
        replica.StartedAt is { } started && replica.Pid is not null ? Uptime(now - started) : "-",
        Number(replica.Restarts),
        replica.Rss is { } bytes ? $"{Math.Round(bytes / 1048576.0):0} MB" : "-",
        Reason(replica, now),
    ];

    private static string Reason(ReplicaStatus replica, DateTimeOffset now)
    {
        var reason = replica.Reason ?? (replica.LastExit is { } exit ? $"last end: {exit}" : "");
        if (replica.NextAttemptAt is not { } next)
        {
            return reason;
        }

        var attempt = $"next attempt in {Math.Max(0, Math.Ceiling((next - now).TotalSeconds)):0} s";
        return reason.Length == 0 ? attempt : $"{reason}; {attempt}";
    }

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Uptime(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;   // the clock was set back
        }

        return span.Days > 0 ? $"{span.Days}d {span:h\\:mm\\:ss}" : $"{span:h\\:mm\\:ss}";
    }

    private static void AppendTable(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.AppendLine(line.TrimEnd());
        }
    }
}
