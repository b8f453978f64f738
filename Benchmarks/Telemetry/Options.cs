using System.CommandLine;

namespace Telemetry;

/// <summary>The command line.</summary>
internal sealed class Options
{
    private readonly Option<string[]> _only = new("--only") { Description = $"Only these, separated by commas: {string.Join(", ", Benchmark.PartNames)}.", CustomParser = r => Words(r.Tokens[0].Value) };
    private readonly Option<int> _rounds = new("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 3 };
    private readonly Option<int> _records = new("--records") { Description = "How many log records each protocol brings in a round.", DefaultValueFactory = _ => 200_000 };
    private readonly Option<int[]> _history = new("--history") { Description = "How many records, in millions, are there when questions are asked.", DefaultValueFactory = _ => [1], CustomParser = r => [.. Words(r.Tokens[0].Value).Select(int.Parse)] };
    private readonly Option<bool> _quick = new("--quick") { Description = "One small round: shows that everything works, not more." };
    private readonly Option<string?> _json = new("--json") { Description = "Writes all values into this file." };
    private readonly Option<string?> _earlier = new("--earlier") { Description = "A file that --json wrote: the tables also have its values, except for what is measured again." };
    private readonly Option<string?> _markdown = new("--markdown") { Description = "Puts the tables into this file, between its two marks." };

    public void AddTo(RootCommand command)
    {
        _only.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.SelectMany(t => Words(t.Value)).Where(w => !Benchmark.PartNames.Contains(w)))
            {
                result.AddError($"There is no '{word}'. There are: {string.Join(", ", Benchmark.PartNames)}.");
            }
        });
        foreach (var option in (Option[])[_only, _rounds, _records, _history, _quick, _json, _earlier, _markdown])
        {
            command.Options.Add(option);
        }
    }

    public Settings Read(ParseResult parsed)
    {
        var quick = parsed.GetValue(_quick);
        return new Settings
        {
            Only = parsed.GetValue(_only) ?? [],
            Rounds = quick ? 1 : parsed.GetValue(_rounds),
            Records = quick ? 20_000 : parsed.GetValue(_records),
            History = quick ? [0] : parsed.GetValue(_history)!,
            Json = parsed.GetValue(_json),
            Earlier = parsed.GetValue(_earlier),
            Markdown = parsed.GetValue(_markdown),
        };
    }

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>What a run is asked to do.</summary>
internal sealed record Settings
{
    /// <summary>Names of parts; none: all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public required int Rounds { get; init; }

    public required int Records { get; init; }

    /// <summary>Millions of records; 0 stands for 50,000.</summary>
    public required IReadOnlyList<int> History { get; init; }

    public required string? Json { get; init; }

    public required string? Earlier { get; init; }

    public required string? Markdown { get; init; }

    public bool Wants(string part) => Only.Count == 0 || Only.Contains(part);
}
