namespace Stack.Dashboard.Queries;

/// <summary>Text search that folds the case of A–Z only, exactly as SQLite's LIKE does, so that live rows and stored rows match alike.</summary>
internal static class AsciiText
{
    public static bool Contains(ReadOnlySpan<char> text, ReadOnlySpan<char> part)
    {
        if (part.IsEmpty)
        {
            return true;
        }

        var first = Fold(part[0]);
        var upper = first is >= 'a' and <= 'z' ? (char)(first - 32) : first;
        while (text.Length >= part.Length)
        {
            var at = text[..(text.Length - part.Length + 1)].IndexOfAny(first, upper);
            if (at < 0)
            {
                return false;
            }

            text = text[at..];
            if (StartsWith(text, part))
            {
                return true;
            }

            text = text[1..];
        }

        return false;
    }

    public static bool AreEqual(ReadOnlySpan<char> text, ReadOnlySpan<char> other) => text.Length == other.Length && StartsWith(text, other);

    private static bool StartsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            if (Fold(text[i]) != Fold(part[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static char Fold(char c) => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c;
}
