using System.Globalization;

namespace Supervision;

/// <summary>Writes results as a Markdown table: median, smallest and largest value of each peer, and how many times Stack's median the others' are.</summary>
internal static class Table
{
    public const string Begin = "<!-- supervision: begin -->";
    public const string End = "<!-- supervision: end -->";
    private const string Us = "Stack";

    public static string Write(Results results, IReadOnlyList<string> peers)
    {
        var others = peers.Where(p => p != Us).ToList();
        List<IReadOnlyList<string>> lines = [["", "target", .. peers, .. others.Select(p => $"{p} ÷ {Us}")]];
        lines.AddRange(results.Rows.Select(row => (IReadOnlyList<string>)
        [
            $"{row.Text}, {row.Unit}", Target(results, row), .. peers.Select(p => Cell(results, row, p)), .. others.Select(p => Ratio(results, row, p)),
        ]));
        return Layout(lines);
    }

    /// <summary>Puts the text between the two marks of a file.</summary>
    public static void Replace(string file, string text)
    {
        var page = File.ReadAllText(file);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new BenchmarkException($"'{file}' has no place for the table: two lines '{Begin}' and '{End}'.");
        }

        File.WriteAllText(file, $"{page[..begin]}{Begin}\n{text}\n{page[end..]}");
    }

    private static string Target(Results results, Row row) => row.Target is not { } target ? ""
        : $"{(row.Upwards ? "≥" : "≤")} {Number(target)}{(results.Median(row, Us) is not { } median ? "" : row.IsMet(median) ? " ✓" : " ✗")}";

    private static string Cell(Results results, Row row, string peer)
    {
        var values = results.Values(row, peer);
        return results.Median(row, peer) is not { } median ? "–"
            : values.Count == 1 || values.Min() == values.Max() ? Number(median)
            : $"{Number(median)} ({Number(values.Min())}–{Number(values.Max())})";
    }

    private static string Ratio(Results results, Row row, string peer)
        => row.HasRatio && results.Median(row, Us) is > 0 and { } us && results.Median(row, peer) is { } other ? Number(other / us) : "";

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static string Layout(List<IReadOnlyList<string>> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Count).Select(column => lines.Max(l => l[column].Length)).ToList();
        var text = lines.ConvertAll(line => $"| {string.Join(" | ", line.Select((cell, column) => cell.PadRight(widths[column])))} |");
        text.Insert(1, $"|{string.Join('|', widths.Select((w, column) => $"{new string('-', w + 1)}{(column < 1 ? "-" : ":")}"))}|");
        return string.Join('\n', text);
    }
}
