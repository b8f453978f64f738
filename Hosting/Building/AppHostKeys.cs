using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting;
using Microsoft.Extensions.Hosting;

namespace Stack.Hosting.Building;

/// <summary>What the AppHost's configuration says of the AppHost itself.</summary>
internal static class AppHostKeys
{
    public static Dictionary<string, string?> Of(
        HostApplicationBuilder host, DistributedApplicationOptions options, Assembly? assembly, string directory, DistributedApplicationExecutionContext execution)
    {
        var configuration = host.Configuration;
        var file = AppHostMetadata.Find(assembly, "apphostprojectname") ?? host.Environment.ApplicationName;
        var name = file.EndsWith("proj", StringComparison.OrdinalIgnoreCase) ? Path.GetFileNameWithoutExtension(file) : file;
        var path = Path.Combine(directory, name);
        var preset = configuration["AppHostSha"] is { Length: > 0 } sha ? sha : null;

        // Volumes and containers are named by them: while running, two checkouts of one AppHost have to differ; where it is published to, they must not.
        var ofPath = preset ?? Hash(path.ToLowerInvariant());
        var ofName = preset ?? Hash(name);
        Dictionary<string, string?> keys = new(StringComparer.OrdinalIgnoreCase)
        {
            ["AppHost:Directory"] = directory,
            ["AppHost:Path"] = path,
            ["AppHost:FilePath"] = Path.Combine(directory, file),
            ["AppHost:DashboardApplicationName"] = options.DashboardApplicationName ?? host.Environment.ApplicationName,
            ["AppHost:PathSha256"] = ofPath,
            ["AppHost:ProjectNameSha256"] = ofName,
            ["AppHost:Sha256"] = execution.IsRunMode ? ofPath : ofName,
            [AspireStore.PathKey] = configuration[AspireStore.PathKey] is { Length: > 0 } store
                ? Path.GetFullPath(store, directory)
                : AppHostMetadata.Find(assembly, "apphostprojectbaseintermediateoutputpath") ?? Path.Combine(directory, "obj"),
        };
        if (options.DisableDashboard)
        {
            keys["DisableDashboard"] = "true";
        }

        return keys;
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
