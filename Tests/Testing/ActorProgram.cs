using System.Runtime.InteropServices;

namespace Testing;

/// <summary>Where the test child Actor is, and the environment in which it runs.</summary>
public static class ActorProgram
{
    /// <summary>Its executable, built beside the test project in the same configuration.</summary>
    public static string Path { get; } = Find();

    /// <summary>What a .NET program needs to start here, and no more.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["DOTNET_ROOT"] = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
        ["DOTNET_gcServer"] = "0",

        // Debug pipes of a process that is killed would stay behind in the temp folder.
        ["DOTNET_EnableDiagnostics"] = "0",
    };

    private static string Find()
    {
        // Tests/<project>/bin/<configuration>/<framework>/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = System.IO.Path.Combine(output.Parent!.Parent!.Parent!.Parent!.FullName, "Actor", "bin", output.Parent.Name, output.Name, "Actor");
        return File.Exists(path) ? path : throw new FileNotFoundException($"The test child '{path}' is missing. Build Tests/Actor.");
    }
}
