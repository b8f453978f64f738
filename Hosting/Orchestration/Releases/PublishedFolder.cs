using System.Text.Json;
using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Looks at a folder that a site was published to, and copies it.</summary>
internal static class PublishedFolder
{
    private const string Pattern = "*.runtimeconfig.json";

    /// <summary>Finds the one program that was published there.</summary>
    /// <exception cref="DistributedApplicationException">There is no such folder, there is no program in it, or there are several.</exception>
    public static PublishedSiteAnnotation Find(string resource, string folder)
    {
        var configs = Directory.Exists(folder) ? Directory.GetFiles(folder, Pattern) : [];
        return configs.Length switch
        {
            1 => new PublishedSiteAnnotation(folder, configs[0]),
            0 when !Directory.Exists(folder) => throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' does not exist. Publish the site there, or correct the path."),
            0 => throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' has neither a project file nor a {Pattern}, so there is nothing to run. Publish the site there, or correct the path."),
            _ => throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' has {configs.Length} published programs ({string.Join(", ", configs.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal))}). Publish each to a folder of its own."),
        };
    }

    /// <summary>As <see cref="Find"/>, and makes sure that the program is there and can be read.</summary>
    /// <exception cref="DistributedApplicationException">It can't be run; says why.</exception>
    public static PublishedSiteAnnotation Check(string resource, string folder)
    {
        try
        {
            var site = Find(resource, folder);
            var program = ProgramOf(resource, site).File;
            using var readable = File.OpenRead(program);
            return readable.Length > 0 ? site : throw new DistributedApplicationException($"Resource '{resource}': the published program '{program}' is empty. Publish the site again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>The file that is run, and whether it needs <c>dotnet</c> for it.</summary>
    /// <exception cref="DistributedApplicationException">It is not there.</exception>
    public static (string File, bool NeedsDotnet) ProgramOf(string resource, PublishedSiteAnnotation site)
    {
        // One that brings its runtime along is a program of its own.
        var own = BringsRuntime(resource, site.RuntimeConfig);
        var file = own ? OperatingSystem.IsWindows() ? $"{site.Program}.exe" : site.Program : $"{site.Program}.dll";
        return File.Exists(file)
            ? (file, !own)
            : throw new DistributedApplicationException($"Resource '{resource}': the published program '{file}' does not exist. Publish the site again: dotnet publish -o \"{Path.GetDirectoryName(file)}\"");
    }

    /// <summary>Copies all of it, links to files as the files that they lead to. The target is new.</summary>
    /// <exception cref="DistributedApplicationException">A link leads to a folder: what is there may change, and may lead back.</exception>
    public static void Copy(string resource, string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = Path.Combine(to, entry.Name);
            switch (entry)
            {
                case DirectoryInfo { LinkTarget: not null }:
                    throw new DistributedApplicationException($"Resource '{resource}': '{entry.FullName}' is a link to a folder. A release has to be whole: put the folder itself there.");
                case DirectoryInfo:
                    Copy(resource, entry.FullName, target, cancellationToken);
                    break;
                default:
                    File.Copy(entry.FullName, target);
                    break;
            }
        }
    }

    private static bool BringsRuntime(string resource, string config)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(config));
            return json.RootElement.TryGetProperty("runtimeOptions", out var options) && options.TryGetProperty("includedFrameworks", out _);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DistributedApplicationException($"Resource '{resource}': '{config}' can't be understood: {e.Message} Publish the site again.", e);
        }
    }
}
