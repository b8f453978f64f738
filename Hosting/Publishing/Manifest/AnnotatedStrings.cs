using System.Text;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>The values of the manifest that are to be formatted where they are used: each is a resource of its own, <c>password-uri-encoded</c>.</summary>
/// <param name="isTaken">Says whether a resource has a name.</param>
internal sealed class AnnotatedStrings(Func<string, bool> isTaken)
{
    private readonly List<Entry> _entries = [];

    /// <summary>What stands for the formatted value.</summary>
    /// <param name="expression">What stands for the value itself: <c>{password.value}</c>.</param>
    /// <param name="provider">The value.</param>
    /// <param name="format">The format: <c>uri</c>.</param>
    public string Placeholder(string expression, IValueProvider provider, string format)
    {
        var filter = format.ToLowerInvariant();
        if (_entries.Find(e => e.Expression == expression && e.Filter == filter) is not { } entry)
        {
            entry = new Entry(FreeName($"{Name(expression, provider)}-{filter}-encoded"), expression, filter);
            _entries.Add(entry);
        }

        return $"{{{entry.Name}.value}}";
    }

    public void Write(Utf8JsonWriter writer)
    {
        foreach (var entry in _entries)
        {
            writer.WriteStartObject(entry.Name);
            writer.WriteString("type", "annotated.string");
            writer.WriteString("value", entry.Expression);
            writer.WriteString("filter", entry.Filter);
            writer.WriteEndObject();
        }
    }

    private string FreeName(string wanted)
    {
        var name = wanted;
        for (var i = 1; isTaken(name) || _entries.Exists(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase)); i++)
        {
            name = $"{wanted}-{i}";
        }

        return name;
    }

    private static string Name(string expression, IValueProvider provider)
    {
        if (provider is ParameterResource parameter)
        {
            return parameter.Name;
        }

        var name = new StringBuilder();
        foreach (var c in expression)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        return name.ToString().TrimEnd('-');
    }

    private sealed record Entry(string Name, string Expression, string Filter);
}
