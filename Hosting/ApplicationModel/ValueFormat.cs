namespace Aspire.Hosting.ApplicationModel;

/// <summary>The formats that a value in an expression may have.</summary>
internal static class ValueFormat
{
    private const string PercentEncoded = "uri";

    /// <exception cref="FormatException">The format is not known.</exception>
    public static void Validate(string? format)
    {
        if (format is not null && !string.Equals(format, PercentEncoded, StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"The format '{format}' of a value in an expression is not known. Use 'uri', which percent-encodes the value, or none.");
        }
    }

    /// <exception cref="FormatException">The format is not known.</exception>
    public static string? Apply(string? value, string? format)
    {
        Validate(format);
        return value is null || format is null ? value : Uri.EscapeDataString(value);
    }
}
