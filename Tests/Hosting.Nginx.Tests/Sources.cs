using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Stack.Hosting.Nginx.Tests;

/// <summary>Where this project's and the product's hand-written files are.</summary>
internal static class Sources
{
    public static string TestFolder { get; } = Path.GetDirectoryName(ThisFile())!;

    public static string NginxFolder { get; } = Path.GetFullPath(Path.Combine(TestFolder, "..", "..", "nginx"));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
