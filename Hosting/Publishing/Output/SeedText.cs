using System.Text;

namespace Stack.Hosting.Publishing.Output;

/// <summary>The text of the user's file of parameters after a publish: what is there stays, what is missing is added.</summary>
internal static class SeedText
{
    /// <param name="before">What is there; null: nothing is.</param>
    /// <param name="seed">What it is to hold.</param>
    /// <returns>The text, the keys that were added, those without a value, and those that nothing uses any more.</returns>
    public static SeedResult Merge(string? before, SeedFile seed)
    {
        var lines = (before ?? "").Split('\n');
        var values = lines.Where(l => EnvFileText.NameOf(l) is not null).GroupBy(l => EnvFileText.NameOf(l)!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => EnvFileText.ValueOf(g.Last().TrimEnd('\r'), seed.Dialect), StringComparer.Ordinal);
        var added = seed.Keys.Where(k => !values.ContainsKey(k.Name)).ToList();
        StringBuilder text = new(before ?? "# Yours: publishing adds keys that are missing, and never changes a value.\n");
        if (before is { Length: > 0 } && !before.EndsWith('\n'))
        {
            text.Append('\n');
        }

        foreach (var key in added)
        {
            values[key.Name] = key.Value?.Invoke() ?? "";
            text.Append('\n');
            text.AppendJoin("", key.Comment.Select(line => $"# {line}\n"));
            text.Append(EnvFileText.Line(key.Name, values[key.Name], seed.Dialect)).Append('\n');
        }

        return new SeedResult(
            text.ToString(),
            [.. added.Select(k => k.Name)],
            [.. seed.Keys.Select(k => k.Name).Where(name => values[name].Length == 0)],
            [.. values.Keys.Where(name => !seed.Keys.Any(k => k.Name == name)).Order(StringComparer.Ordinal)]);
    }
}

/// <summary>What became of a seed file.</summary>
internal sealed record SeedResult(string Text, IReadOnlyList<string> Added, IReadOnlyList<string> Empty, IReadOnlyList<string> Unused);
