using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Control;

/// <summary>Makes lines to show of console output as it comes: with the colours in force, and a mark where another process goes on. One for each stream.</summary>
internal sealed class ConsoleScreen(StackWatch watch, Viewer viewer, string? text)
{
    private readonly AnsiScreen _colours = new();
    private readonly Dictionary<string, int> _generations = [];

    public IEnumerable<ConsoleLineModel> Lines(ConsoleEntry entry)
    {
        var mark = MarkBefore(entry);
        var line = ConsoleLineModel.From(entry, _colours, viewer);
        if (!string.IsNullOrEmpty(text))
        {
            return AsciiText.Contains(string.Concat(line.Runs.Select(run => run.Text)), text) ? [line] : [];
        }

        return mark is null ? [line] : [line with { Runs = [], Mark = mark }, line];
    }

    // The first line that is seen of a replica begins nothing, unless it is the first there is.
    private string? MarkBefore(ConsoleEntry entry)
    {
        if (entry.Generation is not { } generation)
        {
            return null;
        }

        var isKnown = _generations.TryGetValue(entry.Replica, out var before);
        _generations[entry.Replica] = generation;
        return isKnown ? before != generation ? Text(entry.Replica, generation, "Another") : null : entry.Offset == 0 ? Text(entry.Replica, generation, "The first") : null;
    }

    // Which process that was, and when it began, is known of the present one.
    private string Text(string name, int generation, string which)
    {
        var replica = watch.Current.Status?.Resources.SelectMany(resource => resource.Replicas).FirstOrDefault(replica => replica.Name == name && replica.Generation == generation);
        var started = replica?.StartedAt is { } time ? $" at {viewer.Clock(time)}" : "";
        return replica?.Pid is { } pid ? $"Process {pid} started{started}, generation {generation}" : $"{which} process started{started}, generation {generation}";
    }
}
