using System.Reflection;

namespace Stack.Hosting.Building;

/// <summary>Reads what the build noted in the AppHost's assembly.</summary>
internal static class AppHostMetadata
{
    // MSBuild writes the keys in lower case; Aspire's are in mixed case.
    public static string? Find(Assembly? assembly, string key) => assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(a => string.Equals(a.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
