using Spectre.Console;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Shows <c>stack status</c> on a terminal: states in colours, no more columns than fit, reasons broken into lines.</summary>
internal static class StatusScreen
{
    private const int Gap = 2;
    private const int LeastReason = 14;

    /// <summary>The columns that can be missed, the least needed first.</summary>
    private static readonly string[] CanBeMissed = ["CPU", "PID", "RSS", "RESTARTS", "UPTIME", "PORT"];

    private static readonly Style Plain = Style.Plain;
    private static readonly Style Quiet = new(decoration: Decoration.Dim);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Busy = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red);

    public static void Write(IAnsiConsole console, StackStatus status, DateTimeOffset now)
    {
        var resources = StatusRows.InOrder(status);
        var replicas = resources.SelectMany(r => r.Replicas).Select(r => (Cells: StatusRows.Of(r, now), Style: StyleOf(r))).ToList();
        var columns = Fitting(console.Profile.Width, [StatusRows.Heading, .. replicas.Select(r => r.Cells)]);
        var table = NewTable(columns.Select(c => StatusRows.Heading[c]));
        foreach (var (cells, style) in replicas)
        {
            table.AddRow(columns.Select(c => new Text(cells[c], StatusRows.Heading[c] is "STATE" or "READY" ? style : Plain)));
        }

        console.Write(table);
        foreach (var resource in resources.Where(r => r.Rollout is not null))
        {
            console.WriteLine();
            console.Write(new Text($"{resource.Name}  {StatusRows.Rollout(resource)}", resource.Rollout!.State == "Frozen" ? Bad : Busy));
            console.WriteLine();
        }

        foreach (var resource in resources.Where(r => r.Trouble is not null))
        {
            console.WriteLine();
            console.Write(new Text($"{resource.Name}  {resource.Trouble}", Bad));
            console.WriteLine();
        }

        WritePairs(console, [.. resources.Select(r => (r.Name, StatusRows.Release(r)))]);
        WritePairs(console, [.. resources.Select(r => (r.Name, r.Urls.Count > 0 ? string.Join("  ", r.Urls) : null))]);
    }

    private static void WritePairs(IAnsiConsole console, IReadOnlyList<(string Name, string? Text)> pairs)
    {
        if (pairs.All(p => p.Text is null))
        {
            return;
        }

        console.WriteLine();
        var table = NewTable(["", ""]).HideHeaders();
        foreach (var (name, text) in pairs.Where(p => p.Text is not null))
        {
            table.AddRow(new Text(name), new Text(text!));
        }

        console.Write(table);
    }

    private static Table NewTable(IEnumerable<string> headings)
    {
        var table = new Table { Border = TableBorder.None, UseSafeBorder = false };
        foreach (var heading in headings)
        {
            var column = new TableColumn(new Text(heading, Quiet)) { Padding = new Padding(0, 0, Gap, 0), NoWrap = heading is not ("REASON" or "") };
            table.AddColumn(column);
        }

        return table;
    }

    private static List<int> Fitting(int width, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var columns = Enumerable.Range(0, StatusRows.Heading.Count).ToList();
        foreach (var heading in CanBeMissed)
        {
            var needed = columns.Sum(c => StatusRows.Heading[c] == "REASON" ? LeastReason : Gap + rows.Max(r => r[c].Length));
            if (needed <= width)
            {
                break;
            }

            columns.RemoveAll(c => StatusRows.Heading[c] == heading);
        }

        return columns;
    }

    /// <summary>Starting is never red, and what is not ready never green.</summary>
    private static Style StyleOf(ReplicaStatus replica) => replica switch
    {
        { State: "Fatal" or "Unknown" } or { Health: "Dead" } => Bad,
        { State: "Stopped" or "Exited" } => Quiet,
        { State: "Running", Health: "Ready" } => Good,
        _ => Busy,
    };
}
