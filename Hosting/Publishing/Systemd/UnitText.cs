using System.Text;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Systemd;

/// <summary>The text of a unit file, section by section.</summary>
internal sealed class UnitText
{
    private readonly StringBuilder _text = new("# Generated: publish again to change it. What is yours goes into a drop-in: systemctl edit <unit>.\n");

    public UnitText Section(string name)
    {
        _text.Append($"\n[{name}]\n");
        return this;
    }

    /// <summary>A line whose value is systemd's own language: specifiers as <c>%i</c> count.</summary>
    public UnitText Raw(string name, string value) => Line($"{name}={value}");

    /// <summary>The same, in one piece.</summary>
    public UnitText Line(string line)
    {
        _text.Append($"{line}\n");
        return this;
    }

    /// <summary>A line whose value is text, in which a percent sign is one.</summary>
    public UnitText Set(string name, string text) => Raw(name, Escape(text));

    /// <summary>The same name once for each value, or not at all.</summary>
    public UnitText Each(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Raw(name, value);
        }

        return this;
    }

    /// <summary>Lines of names and values.</summary>
    public UnitText Each(IEnumerable<(string Name, string Value)> lines)
    {
        foreach (var (name, value) in lines)
        {
            Raw(name, value);
        }

        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>An argument of a command line: systemd would expand percent signs, dollars and backslashes.</summary>
    public static string Argument(PublishedValue value)
    {
        var text = value.Render(
            t => Escape(t).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal),
            parameter => $"${{{Seeds.NameOf(parameter)}}}");
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@+".Contains(c, StringComparison.Ordinal)) ? text : $"\"{text}\"";
    }

    private static string Escape(string text) => text.Replace("%", "%%", StringComparison.Ordinal);
}
