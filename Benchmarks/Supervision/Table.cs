namespace Supervision;

/// <summary>Writes results as a Markdown table: median, smallest and largest value of each peer, and how many times Stack's median the others' are.</summary>
internal static class Table
{
    private const string Us = "Stack";

    public static string Write(Results results, IReadOnlyList<string> peers)
    {
        var others = peers.Where(p => p != Us).ToList();
        List<IReadOnlyList<string>> lines = [["", "target", .. peers, .. others.Select(p => $"{p} ÷ {Us}")]];
        lines.AddRange(results.Rows.Select(row => (IReadOnlyList<string>)
        [
            $"{row.Text}, {row.Unit}", Target(results, row), .. peers.Select(p => Cell(results, row, p)), .. others.Select(p => Ratio(results, row, p)),
        ]));
        return Markdown.Table(lines);
    }

    private static string Target(Results results, Row row) => row.Target is not { } target ? ""
        : $"{(row.Upwards ? "≥" : "≤")} {Markdown.Number(target)}{(results.Median(row, Us) is not { } median ? "" : row.IsMet(median) ? " ✓" : " ✗")}";

    private static string Cell(Results results, Row row, string peer)
    {
        var values = results.Values(row, peer);
        return results.Median(row, peer) is not { } median ? "–"
            : values.Count == 1 || values.Min() == values.Max() ? Markdown.Number(median)
            : $"{Markdown.Number(median)} ({Markdown.Number(values.Min())}–{Markdown.Number(values.Max())})";
    }

    private static string Ratio(Results results, Row row, string peer)
        => row.HasRatio && results.Median(row, Us) is > 0 and { } us && results.Median(row, peer) is { } other ? Markdown.Number(other / us) : "";
}
