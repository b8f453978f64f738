namespace Stack.Dashboard.Storage;

/// <summary>The words of a segment's log bodies (FTS5, unicode61): finds whole words at once, not parts of them.</summary>
internal static class FullTextIndex
{
    public static bool IsIn(SqliteFile file) => file.ReadNumber("SELECT count(*) FROM sqlite_master WHERE name='logs_words'") > 0;

    // Without the text itself (content=''): that is in logs already.
    public static void Build(SqliteFile file) => file.InTransaction(() => file.Execute("""
        CREATE VIRTUAL TABLE logs_words USING fts5(words, content='', tokenize='unicode61');
        INSERT INTO logs_words(rowid, words) SELECT id, body FROM logs;
        """));

    /// <summary>The text as MATCH wants it, all of it a phrase; null when there is no word in it, which finds nothing.</summary>
    public static string? Phrase(string text) =>
        text.Any(char.IsLetterOrDigit) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : null;
}
