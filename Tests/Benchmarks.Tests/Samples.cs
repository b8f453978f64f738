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
        foreach (var file in (string[])["nginx.conf", "mime.types"])
        {
            Copy(Path.Combine(nginx, file), Path.Combine(folder, "current", file));
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(nginx, "sample/stack")))
        {
            Copy(file, Path.Combine(folder, "current/stack", Path.GetFileName(file)));
        }

        // Written beside the others when a version is put in use.
        File.WriteAllText(Path.Combine(folder, "current/stack/revision.conf"), "map $host $stack_revision { default sample; }\n");

        // Its paths are those of an installed Stack.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "current/stack")))
        {
            File.WriteAllText(file, File.ReadAllText(file).Replace("/var/lib/stack/stack/nginx", folder, StringComparison.Ordinal));
        }

        return new OurConfiguration(folder);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
