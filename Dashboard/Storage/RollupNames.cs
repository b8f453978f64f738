using System.Globalization;

namespace Stack.Dashboard.Storage;

/// <summary>Numbers for names in roll-ups. They live longer than segments, so their numbers come from the names themselves and need no list of what was given.</summary>
internal static class RollupNames
{
    /// <summary>All routes together.</summary>
    public const long AllRoutes = 0;

    /// <summary>What stands in for names beyond a cap.</summary>
    public const string Other = "other";

    public static long IdOf(params ReadOnlySpan<string> parts) =>
        // 47 bits take 6 bytes in a row; two of 10 000 names meet once in three million stores.
        long.Parse(ResourceInfo.HashOf(parts).AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 2 + 1;
}
