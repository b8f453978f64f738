using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Output;

/// <summary>Words of shell scripts.</summary>
internal static class ShellText
{
    /// <summary>A word that the shell takes as it is.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A word with the values of parameters in it, which are variables there.</summary>
    public static string Word(PublishedValue value) => value.Render(Quote, parameter => $"\"${{{Seeds.NameOf(parameter)}}}\"");

    /// <summary><c>NAME=('one' 'two')</c></summary>
    public static string List(string name, IEnumerable<string> words) => $"{name}=({string.Join(' ', words.Select(Quote))})\n";

    /// <summary><c>declare -gA NAME=(['key']='value')</c></summary>
    public static string Map(string name, IEnumerable<(string Key, string? Value)> pairs)
        => $"declare -gA {name}=({string.Join(' ', pairs.Where(p => p.Value is not null).Select(p => $"[{Quote(p.Key)}]={Quote(p.Value!)}"))})\n";
}
