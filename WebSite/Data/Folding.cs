namespace WebSite.Data;

/// <summary>Makes texts comparable whatever their case is, in the same way for every database.</summary>
internal static class Folding
{
    public static string Fold(params string[] texts) => string.Join('\n', texts).ToUpperInvariant();
}
