using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Orchestration;

/// <summary>What the terminal shows when the stack has started: where to go, and what runs. The Cli shows it too, after a start in the background.</summary>
internal static class StartSummary
{
    public static void Write(TextWriter output, StackStatus status, DashboardAccess? dashboard, string howToStop)
    {
        var shown = status.Resources.Where(r => !r.Hidden).ToList();
        output.WriteLine();
        foreach (var front in shown.Where(r => r.Urls.Count > 0 && r.Replicas.All(i => i.Name == r.Name)))
        {
            output.WriteLine($"  {front.Name,-12} {string.Join("  ", front.Urls)}");
        }

        if (dashboard is not null)
        {
            output.WriteLine($"  {"dashboard",-12} {dashboard.LoginUrl}");
        }

        output.WriteLine();
        var replicas = shown.SelectMany(r => r.Replicas).ToList();
        var width = replicas.Select(r => r.Name.Length).Append("REPLICA".Length).Max();
        output.WriteLine($"  {"REPLICA".PadRight(width)}  {"PORT",5}  STATE");
        foreach (var replica in replicas)
        {
            output.WriteLine($"  {replica.Name.PadRight(width)}  {replica.Port?.ToString() ?? "-",5}  {State(replica)}");
        }

        output.WriteLine();
        output.WriteLine($"  {howToStop}");
        output.WriteLine();
        output.Flush();
    }

    private static string State(ReplicaStatus replica)
    {
        var state = replica is { State: "Running", Health: "Ready" } ? "ready" : replica.State.ToLowerInvariant();
        return replica.Reason is { } reason && state != "ready" ? $"{state}: {reason}" : state;
    }
}
