using System.Reflection;
using System.Text.Json;
using Stack.Hosting.Building;

namespace Aspire.Hosting.Testing;

/// <summary>Reads the environment of an AppHost's first launch profile, which <c>dotnet run</c> would give it.</summary>
internal static class AppHostLaunchProfile
{
    private static readonly string[] Prefixes = ["DOTNET_", "ASPNETCORE_"];

    private static readonly JsonDocumentOptions Json = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The variables, each also without the prefix that .NET's hosts take off.</summary>
    /// <exception cref="DistributedApplicationException">The file is no JSON.</exception>
    public static IEnumerable<KeyValuePair<string, string?>> Variables(Assembly appHost)
        => AppHostMetadata.Find(appHost, "apphostprojectpath") is { } folder ? Read(Path.Combine(folder, "Properties", "launchSettings.json")) : [];

    /// <summary>The variables of the first profile in a file; none without the file.</summary>
    /// <exception cref="DistributedApplicationException">The file is no JSON.</exception>
    public static IReadOnlyList<KeyValuePair<string, string?>> Read(string file)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        try
        {
            using var settings = JsonDocument.Parse(File.ReadAllText(file), Json);
            return settings.RootElement.TryGetProperty("profiles", out var profiles)
                && profiles.EnumerateObject().FirstOrDefault() is { Value.ValueKind: JsonValueKind.Object } first
                && first.Value.TryGetProperty("environmentVariables", out var variables)
                ? [.. variables.EnumerateObject().SelectMany(v => WithoutPrefix(v.Name).Select(name => KeyValuePair.Create(name, v.Value.GetString())))]
                : [];
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"The AppHost's launch settings '{file}' can't be read: {e.Message} Correct the file.", e);
        }
    }

    private static IEnumerable<string> WithoutPrefix(string name)
    {
        // A double underscore separates the parts of a key in variables.
        yield return name.Replace("__", ":", StringComparison.Ordinal);
        if (Array.Find(Prefixes, p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)) is { } prefix)
        {
            yield return name[prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
        }
    }
}
