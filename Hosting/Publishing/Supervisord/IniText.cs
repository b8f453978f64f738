using System.Text;

namespace Stack.Hosting.Publishing.Supervisord;

/// <summary>The text of a section of supervisord's configuration.</summary>
internal sealed class IniText
{
    private readonly StringBuilder _text = new("; Generated: publish again to change it.\n");

    public IniText Section(string name)
    {
        _text.Append($"[{name}]\n");
        return this;
    }

    /// <summary>supervisord would expand percent signs.</summary>
    public IniText Set(string name, string value)
    {
        _text.Append($"{name}={value.Replace("%", "%%", StringComparison.Ordinal)}\n");
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>supervisord would cut a line there, also within quotes.</summary>
    public static bool CanHold(string text) => !text.Contains(" ;", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal);
}
