namespace Aspire.Hosting;

/// <summary>Makes names of environment variables out of other names.</summary>
internal static class VariableNames
{
    /// <summary>Everything other than ASCII letters, digits and underscores becomes an underscore; one goes before a leading digit.</summary>
    public static string Encode(string name)
    {
        var text = EncodePart(name);
        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? $"_{text}" : text;
    }

    public static string EncodeUpper(string name) => Encode(name).ToUpperInvariant();

    /// <summary>As <see cref="Encode"/>, for what does not come first in the name.</summary>
    public static string EncodePart(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
}
