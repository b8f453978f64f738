using System.Globalization;

namespace Benchmarks;

/// <summary>Lays out tables, and puts them into a page.</summary>
internal static class Markdown
{
    /// <summary>A table whose first line is its head; all columns but the first are set to the right.</summary>
    public static string Table(IReadOnlyList<IReadOnlyList<string>> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Count).Select(column => lines.Max(l => l[column].Length)).ToList();
        var text = lines.Select(line => $"| {string.Join(" | ", line.Select((cell, column) => cell.PadRight(widths[column])))} |").ToList();
        text.Insert(1, $"|{string.Join('|', widths.Select((w, column) => $"{new string('-', w + 1)}{(column < 1 ? "-" : ":")}"))}|");
        return string.Join('\n', text);
    }

    /// <summary>Puts the text between the two marks of a file.</summary>
    /// <param name="file">The page.</param>
    /// <param name="name">What the marks call the place: <c>&lt;!-- name: begin --&gt;</c> and <c>&lt;!-- name: end --&gt;</c>.</param>
    /// <param name="text">What goes there.</param>
    public static void Replace(string file, string name, string text)
    {
        var (beginMark, endMark) = ($"<!-- {name}: begin -->", $"<!-- {name}: end -->");
        var page = File.ReadAllText(file);
        var begin = page.IndexOf(beginMark, StringComparison.Ordinal);
        var end = page.IndexOf(endMark, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new BenchmarkException($"'{file}' has no place for the table: two lines '{beginMark}' and '{endMark}'.");
        }

        File.WriteAllText(file, $"{page[..begin]}{beginMark}\n{text}\n{page[end..]}");
    }

    /// <summary>Three digits that say something.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
