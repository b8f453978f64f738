namespace Stack.Dashboard.Queries;

/// <summary>The six levels of .NET as ranges of OTLP's severity numbers.</summary>
internal static class LogLevels
{
    private static readonly (string Name, int First)[] Levels =
        [("Trace", 1), ("Debug", 5), ("Information", 9), ("Warning", 13), ("Error", 17), ("Critical", 21)];

    public static IEnumerable<string> Names => Levels.Select(level => level.Name);

    /// <summary>Any case; the short names that other languages use are understood too.</summary>
    public static bool TryParse(string name, out int minSeverity)
    {
        var full = name.ToLowerInvariant() switch
        {
            "info" => "Information",
            "warn" => "Warning",
            "fatal" => "Critical",
            _ => name,
        };
        minSeverity = Levels.FirstOrDefault(level => level.Name.Equals(full, StringComparison.OrdinalIgnoreCase)).First;
        return minSeverity > 0;
    }

    /// <summary>Null for 0: the sender gave no level.</summary>
    public static string? NameOf(int severity) => Levels.LastOrDefault(level => level.First <= severity).Name;
}
