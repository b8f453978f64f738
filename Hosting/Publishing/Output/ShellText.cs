namespace Stack.Hosting.Publishing.Output;

/// <summary>Words of a shell script.</summary>
internal static class ShellText
{
    /// <summary>The text as one word, whatever is in it.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
