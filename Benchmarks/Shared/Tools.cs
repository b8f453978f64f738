namespace Benchmarks;

/// <summary>Finds programs on the PATH.</summary>
internal static class Tools
{
    public static bool Has(string name) => Find(name) is not null;

    /// <summary>Full path of a program; null: there is none.</summary>
    public static string? Find(string name) => name.Contains('/')
        ? File.Exists(name) ? Path.GetFullPath(name) : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
