using System.CommandLine;

namespace Supervision;

/// <summary>The command line.</summary>
internal sealed class Options
{
    private readonly Option<string[]> _only = new("--only") { Description = $"Only these, separated by commas: {string.Join(", ", Benchmark.ScenarioNames)}.", CustomParser = r => Words(r.Tokens[0].Value) };
    private readonly Option<int> _rounds = new("--rounds") { Description = "How often each is measured.", DefaultValueFactory = _ => 3 };
    private readonly Option<int[]> _sizes = new("--sizes") { Description = "Numbers of replicas.", DefaultValueFactory = _ => [4, 16, 64, 200], CustomParser = r => [.. Words(r.Tokens[0].Value).Select(int.Parse)] };
    private readonly Option<string[]> _peers = new("--peers") { Description = "Who takes part.", DefaultValueFactory = _ => ["stack", "supervisord", "pm2"], CustomParser = r => Words(r.Tokens[0].Value) };
    private readonly Option<bool> _long = new("--long") { Description = "Also what takes half a minute for each, once." };
    private readonly Option<string?> _pm2 = new("--pm2") { Description = "Path of pm2; default: from the PATH, else npm installs it into a temporary folder." };
    private readonly Option<string?> _json = new("--json") { Description = "Writes all values into this file." };
    private readonly Option<string?> _earlier = new("--earlier") { Description = "A file that --json wrote: the table also has its values, except for what is measured again." };
    private readonly Option<string?> _markdown = new("--markdown") { Description = "Puts the table into this file, between its two marks." };

    public void AddTo(RootCommand command)
    {
        _only.Validators.Add(result => Check(result.Tokens.SelectMany(t => Words(t.Value)), Benchmark.ScenarioNames, result.AddError));
        _peers.Validators.Add(result => Check(result.Tokens.SelectMany(t => Words(t.Value)), Benchmark.PeerNames, result.AddError));
        foreach (var option in (Option[])[_only, _rounds, _sizes, _peers, _long, _pm2, _json, _earlier, _markdown])
        {
            command.Options.Add(option);
        }
    }

    public Settings Read(ParseResult parsed) => new()
    {
        Only = parsed.GetValue(_only) ?? [],
        Rounds = parsed.GetValue(_rounds),
        Sizes = parsed.GetValue(_sizes)!,
        Peers = parsed.GetValue(_peers)!,
        Long = parsed.GetValue(_long),
        Pm2 = parsed.GetValue(_pm2),
        Json = parsed.GetValue(_json),
        Earlier = parsed.GetValue(_earlier),
        Markdown = parsed.GetValue(_markdown),
    };

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
    /// <summary>Names of scenarios; none: all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public required int Rounds { get; init; }

    public required IReadOnlyList<int> Sizes { get; init; }

    public required IReadOnlyList<string> Peers { get; init; }

    public required bool Long { get; init; }

    public required string? Pm2 { get; init; }

    public required string? Json { get; init; }

    public required string? Earlier { get; init; }

    public required string? Markdown { get; init; }
}
