namespace Benchmarks;

/// <summary>Writes results as a Markdown table: median, smallest and largest value of each peer, and how many times the first one's median the others' are.</summary>
internal static class Table
{
    public static string Write(RowResults results, IReadOnlyList<string> peers, IReadOnlyList<Row>? rows = null)
    {
        var us = peers[0];
        var others = peers.Skip(1).ToList();
        List<IReadOnlyList<string>> lines = [["", "target", .. peers, .. others.Select(p => $"{p} ÷ {us}")]];
        lines.AddRange((rows ?? results.Rows).Select(row => (IReadOnlyList<string>)
        [
            $"{row.Text}, {row.Unit}", Target(results, row, us), .. peers.Select(p => Cell(results, row, p)), .. others.Select(p => Ratio(results, row, us, p)),
        ]));
        return Markdown.Table(lines);
    }

    private static string Target(RowResults results, Row row, string us) => row.Target is not { } target ? ""
        : $"{(row.Upwards ? "≥" : "≤")} {Markdown.Number(target)}{(results.Median(row, us) is not { } median ? "" : row.IsMet(median) ? " ✓" : " ✗")}";

    private static string Cell(RowResults results, Row row, string peer)
    {
        var values = results.Values(row, peer);
        return results.Median(row, peer) is not { } median ? "–"
            : values.Count == 1 || values.Min() == values.Max() ? Markdown.Number(median)
            : $"{Markdown.Number(median)} ({Markdown.Number(values.Min())}–{Markdown.Number(values.Max())})";
    }

    private static string Ratio(RowResults results, Row row, string us, string peer)
        => row.HasRatio && results.Median(row, us) is > 0 and { } first && results.Median(row, peer) is { } other ? Markdown.Number(other / first) : "";
}
