using Gateway;
using Gateway.Proxies;

// A run marks its processes in the environment of this one, and ends what carries its mark.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Benchmarks.Tests;

/// <summary>The configuration that the repository shows as a sample, laid out as Stack lays it out.</summary>
internal static class Samples
{
    public const int Port = 8080;

    public static OurConfiguration Configuration(Bench bench)
    {
        var folder = bench.NewFolder("sample");
        var nginx = Path.Combine(Workspace.Repository, "nginx");
        Copy(Path.Combine(nginx, "nginx.conf"), Path.Combine(folder, "current/nginx.conf"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(nginx, "sample/stack")))
        {
            Copy(file, Path.Combine(folder, "current/stack", Path.GetFileName(file)));
        }

        return new OurConfiguration(folder);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
