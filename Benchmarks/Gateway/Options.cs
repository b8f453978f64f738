using System.CommandLine;

namespace Gateway;

/// <summary>The command line.</summary>
internal sealed class Options
{
    private readonly Option<string[]> _only = new("--only") { Description = $"Only these, separated by commas: {string.Join(", ", Benchmark.PartNames)}.", CustomParser = r => Words(r.Tokens[0].Value) };
    private readonly Option<int> _rounds = new("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _seconds = new("--seconds") { Description = "How long each time.", DefaultValueFactory = _ => 2 };
    private readonly Option<int[]> _sizes = new("--sizes") { Description = "Numbers of replicas.", DefaultValueFactory = _ => [1, 2, 4, 8], CustomParser = r => [.. Words(r.Tokens[0].Value).Select(int.Parse)] };
    private readonly Option<bool> _quick = new("--quick") { Description = "One round of a second each, with 1 and 4 replicas: shows that everything works, not more." };
    private readonly Option<string?> _json = new("--json") { Description = "Writes all values into this file." };
    private readonly Option<string?> _earlier = new("--earlier") { Description = "A file that --json wrote: the tables also have its values, except for what is measured again." };
    private readonly Option<string?> _markdown = new("--markdown") { Description = "Puts the tables into this file, between its two marks." };

    public void AddTo(RootCommand command)
    {
        _only.Validators.Add(result => Check(result.Tokens.SelectMany(t => Words(t.Value)), Benchmark.PartNames, result.AddError));
        foreach (var option in (Option[])[_only, _rounds, _seconds, _sizes, _quick, _json, _earlier, _markdown])
        {
            command.Options.Add(option);
        }
    }

    public Settings Read(ParseResult parsed)
    {
        var settings = new Settings
        {
            Only = parsed.GetValue(_only) ?? [],
            Rounds = parsed.GetValue(_rounds),
            Seconds = parsed.GetValue(_seconds),
            Sizes = parsed.GetValue(_sizes)!,
            Json = parsed.GetValue(_json),
            Earlier = parsed.GetValue(_earlier),
            Markdown = parsed.GetValue(_markdown),
        };
        return parsed.GetValue(_quick) ? settings with { Rounds = 1, Seconds = 1, Sizes = [1, 4] } : settings;
    }

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Check(IEnumerable<string> given, IReadOnlyList<string> known, Action<string> refuse)
    {
        foreach (var word in given.Where(w => !known.Contains(w)))
        {
            refuse($"There is no '{word}'. There are: {string.Join(", ", known)}.");
        }
    }
}

/// <summary>What a run is asked to do.</summary>
internal sealed record Settings
{
    /// <summary>Names of parts; none: all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public required int Rounds { get; init; }

    public required int Seconds { get; init; }

    public required IReadOnlyList<int> Sizes { get; init; }

    public required string? Json { get; init; }

    public required string? Earlier { get; init; }

    public required string? Markdown { get; init; }

    public bool Wants(string part) => Only.Count == 0 || Only.Contains(part);
}
