namespace EndToEnd;

/// <summary>Where the checked-out product is.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Stack.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"There is no Stack.sln above '{AppContext.BaseDirectory}'.");
        }

        return folder;
    }
}
