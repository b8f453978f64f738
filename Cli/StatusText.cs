using System.Text;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>Writes <c>stack status</c> for files and programs: a line per replica, whole, then what is being rolled, then what is wrong, the releases, the addresses.</summary>
internal static class StatusText
{
    public static string Write(StackStatus status, DateTimeOffset now)
    {
        var resources = StatusRows.InOrder(status);
        var text = new StringBuilder();
        AppendTable(text, [StatusRows.Heading, .. resources.SelectMany(r => r.Replicas).Select(r => StatusRows.Of(r, now))]);
        AppendPart(text, resources.Select(r => (r.Name, Text: StatusRows.Rollout(r))).Where(r => r.Text is not null).Select(r => (IReadOnlyList<string>)[r.Name, r.Text!]));
        AppendPart(text, resources.Where(r => r.Trouble is not null).Select(r => (IReadOnlyList<string>)[r.Name, r.Trouble!.ReplaceLineEndings(" ")]));
        AppendPart(text, resources.Select(r => (r.Name, Text: StatusRows.Release(r))).Where(r => r.Text is not null).Select(r => (IReadOnlyList<string>)[r.Name, r.Text!]));
        AppendPart(text, resources.Where(r => r.Urls.Count > 0).Select(r => (IReadOnlyList<string>)[r.Name, string.Join("  ", r.Urls)]));
        return text.ToString();
    }

    private static void AppendPart(StringBuilder text, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            text.AppendLine();
            AppendTable(text, all);
        }
    }

    private static void AppendTable(StringBuilder text, List<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.AppendLine(line.TrimEnd());
        }
    }
}
