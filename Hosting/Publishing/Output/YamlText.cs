using System.Collections;
using System.Globalization;
using System.Text;

namespace Stack.Hosting.Publishing.Output;

/// <summary>Writes YAML: every text in double quotes, since <c>yes</c>, <c>1</c> and <c>8001:80</c> are something else without; no anchors and no merge keys, which not all readers know.</summary>
internal static class YamlText
{
    private static readonly string[] OtherThanText = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

    /// <param name="document">What to write.</param>
    /// <param name="comment">What stands above it; lines without a number sign.</param>
    public static string Write(YamlMap document, params IEnumerable<string> comment)
        => string.Concat(comment.Select(line => $"# {line}\n").Concat(Lines(document).Select(line => $"{line}\n")));

    private static IEnumerable<string> Lines(object node) => node switch
    {
        YamlMap map => map.SelectMany(Entry),
        IEnumerable<object> items => items.SelectMany(item => Lines(item).Select((line, i) => $"{(i == 0 ? "- " : "  ")}{line}")),
        _ => [Scalar(node)],
    };

    private static IEnumerable<string> Entry(KeyValuePair<string, object> entry) => entry.Value switch
    {
        YamlMap { Count: > 0 } or IEnumerable<object> => Lines(entry.Value).Select(line => $"  {line}").Prepend($"{Key(entry.Key)}:"),
        _ => [$"{Key(entry.Key)}: {Scalar(entry.Value)}"],
    };

    private static string Scalar(object value) => value switch
    {
        YamlMap => "{}",
        string text => Quote(text),
        bool flag => flag ? "true" : "false",
        int or long => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => throw new ArgumentException($"A {value.GetType().Name} is no value of YAML.", nameof(value)),
    };

    private static string Key(string key)
        => key.Length > 0 && (char.IsAsciiLetter(key[0]) || key[0] == '_') && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            && !OtherThanText.Contains(key, StringComparer.OrdinalIgnoreCase) ? key : Quote(key);

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\u2028' or '\u2029' or '\uFEFF' => Escape(c),
                _ when char.IsControl(c) => Escape(c),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static string Escape(char c) => $"\\u{(int)c:X4}";
}

/// <summary>A mapping of YAML, in the order in which it was filled. Its values are texts, flags, numbers, mappings, and lists of them.</summary>
internal sealed class YamlMap : IReadOnlyCollection<KeyValuePair<string, object>>
{
    private readonly List<KeyValuePair<string, object>> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Adds a value; what is null or an empty list is left out.</summary>
    public void Add(string key, object? value)
    {
        if (value is not null && (value is YamlMap || value is not IEnumerable<object> items || items.Any()))
        {
            _entries.Add(new(key, value));
        }
    }

    public void Add(string key, IReadOnlyList<string>? texts) => Add(key, (object?)texts);

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
