using System.Globalization;

namespace Stack.Dashboard.Storage;

/// <summary>Trace and span ids: hexadecimal text outside, 64-bit integers in the files.</summary>
internal static class HexId
{
    public static long Parse(ReadOnlySpan<char> sixteenDigits) =>
        unchecked((long)ulong.Parse(sixteenDigits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    public static long? ParseOrNull(string? digits, int first = 0) => digits is null ? null : Parse(digits.AsSpan(first, 16));

    public static string Span(long value) => unchecked((ulong)value).ToString("x16", CultureInfo.InvariantCulture);

    public static string Trace(long high, long low) => string.Create(32, (high, low), static (text, id) =>
    {
        unchecked((ulong)id.high).TryFormat(text[..16], out _, "x16", CultureInfo.InvariantCulture);
        unchecked((ulong)id.low).TryFormat(text[16..], out _, "x16", CultureInfo.InvariantCulture);
    });

    /// <summary>The smallest and the largest integer whose digits begin with <paramref name="prefix"/> (1 to 16 digits).</summary>
    public static (long First, long Last) Range(ReadOnlySpan<char> prefix)
    {
        var rest = 64 - (4 * prefix.Length);
        var value = ulong.Parse(prefix, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var first = rest == 0 ? value : value << rest;
        var last = rest == 0 ? value : first | ((1UL << rest) - 1);
        return unchecked(((long)first, (long)last));
    }
}
