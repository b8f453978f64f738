using System.Globalization;
using System.Text.Json;

namespace Stack.Hosting.ApplicationModel;

/// <summary>What the files beside a program tell of it.</summary>
internal sealed record SiteFacts
{
    private const string Defaults = "Stack.ServiceDefaults";

    /// <summary>ServiceDefaults are part of its build.</summary>
    public required bool HasDefaults { get; init; }

    /// <summary>It runs on ASP.NET Core.</summary>
    public required bool IsWeb { get; init; }

    /// <summary>Major version of the .NET that it was built for.</summary>
    public required int Runtime { get; init; }

    /// <summary>False: its build has turned start-up hooks off, as <c>PublishTrimmed</c> and <c>PublishAot</c> do.</summary>
    public required bool TakesHooks { get; init; }

    /// <param name="program">Full path of the assembly, or of the executable that brings its runtime along.</param>
    /// <returns>Null: its files can't be understood. .NET will not run it, and says why better than we could.</returns>
    public static SiteFacts? Read(string program)
    {
        var name = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? program[..^4] : program;
        try
        {
            using var runtime = JsonDocument.Parse(File.ReadAllBytes($"{name}.runtimeconfig.json"));
            var options = runtime.RootElement.GetProperty("runtimeOptions");
            var frameworks = Frameworks(options).ToDictionary(f => f.GetProperty("name").GetString()!, f => Major(f.GetProperty("version").GetString()!), StringComparer.OrdinalIgnoreCase);
            return new SiteFacts
            {
                HasDefaults = ListsDefaults(name),
                IsWeb = frameworks.ContainsKey("Microsoft.AspNetCore.App"),
                Runtime = frameworks.Values.DefaultIfEmpty().Max(),
                TakesHooks = !(options.TryGetProperty("configProperties", out var properties)
                    && properties.TryGetProperty("System.StartupHookProvider.IsSupported", out var supported) && supported.ValueKind == JsonValueKind.False),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static bool ListsDefaults(string name)
    {
        if (!File.Exists($"{name}.deps.json"))
        {
            // GenerateDependencyFile=false: then what lies there is what it has.
            return File.Exists(Path.Combine(Path.GetDirectoryName(name)!, $"{Defaults}.dll"));
        }

        using var dependencies = JsonDocument.Parse(File.ReadAllBytes($"{name}.deps.json"));
        return dependencies.RootElement.GetProperty("libraries").EnumerateObject().Any(l => l.Name.StartsWith($"{Defaults}/", StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<JsonElement> Frameworks(JsonElement options)
    {
        if (options.TryGetProperty("framework", out var one))
        {
            yield return one;
        }

        foreach (var list in new[] { "frameworks", "includedFrameworks" })
        {
            if (options.TryGetProperty(list, out var several))
            {
                foreach (var framework in several.EnumerateArray())
                {
                    yield return framework;
                }
            }
        }
    }

    private static int Major(string version) => int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture);
}
