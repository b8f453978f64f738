using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Assets;

/// <summary>
/// Keeps copies of the files that Nginx sends: where its workers, which may be another user or in a container, reach them, and where they outlive
/// the release that they came from. A page of the release before may still ask for its own.
/// </summary>
/// <param name="folder">Absolute path of the store, for all sites.</param>
/// <param name="time">The clock.</param>
internal sealed class AssetStore(string folder, TimeProvider time)
{
    private const int KeptReleases = 3;
    private const string ManifestName = "endpoints.json";
    private const string FilesName = "files";

    /// <summary>Copies the files of a published site, unless they are there already.</summary>
    /// <param name="site">Name of the site's resource.</param>
    /// <param name="published">The folder that it was published to.</param>
    /// <returns>What Nginx may send, by paths below the store's folder: the files of this release, then those of the ones before that it does not have.</returns>
    /// <exception cref="DistributedApplicationException">The folder is not one of a published site with static files.</exception>
    public IReadOnlyList<StaticAsset> Add(string site, string published)
    {
        var manifest = Find(site, published);
        var text = File.ReadAllText(manifest);
        var release = Path.Combine(folder, site, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]);
        if (!Directory.Exists(release))
        {
            Copy(site, Path.Combine(published, "wwwroot"), text, release);
        }

        Directory.SetLastWriteTimeUtc(release, time.GetUtcNow().UtcDateTime);
        return Merge(site, Kept(site));
    }

    /// <exception cref="DistributedApplicationException">There is not exactly one.</exception>
    private static string Find(string site, string published)
    {
        string[] found = Directory.Exists(published) ? Directory.GetFiles(published, "*.staticwebassets.endpoints.json") : [];
        return found is [var only]
            ? only
            : throw new DistributedApplicationException(
                $"Nginx can't send the static files of '{site}': '{published}' holds {found.Length} files named *.staticwebassets.endpoints.json, and one is needed. " +
                "Publish the site with .NET 9 or newer (dotnet publish), or leave WithStaticFiles out.");
    }

    private static void Copy(string site, string wwwroot, string manifest, string release)
    {
        var candidate = $"{release}.new-{Environment.ProcessId}";
        if (Directory.Exists(candidate))
        {
            Directory.Delete(candidate, recursive: true);
        }

        SharedFiles.CreateFolders(Path.GetDirectoryName(Path.GetDirectoryName(release))!, $"{site}/{Path.GetFileName(candidate)}");
        foreach (var file in Parse(site, manifest).Select(asset => asset.File).Distinct(StringComparer.Ordinal))
        {
            // The compressed one beside it is what most clients get.
            foreach (var name in new[] { file, $"{file}.gz" }.Where(name => File.Exists(Path.Combine(wwwroot, name))))
            {
                SharedFiles.CreateFolders(candidate, Path.GetDirectoryName($"{FilesName}/{name}")!);
                SharedFiles.Copy(Path.Combine(wwwroot, name), Path.Combine(candidate, FilesName, name));
            }
        }

        File.WriteAllText(Path.Combine(candidate, ManifestName), manifest);
        Directory.Move(candidate, release);
    }

    /// <summary>Newest first; removes those that are too old.</summary>
    private List<DirectoryInfo> Kept(string site)
    {
        var releases = new DirectoryInfo(Path.Combine(folder, site)).EnumerateDirectories()
            .Where(release => File.Exists(Path.Combine(release.FullName, ManifestName)) && !release.Name.Contains('.', StringComparison.Ordinal))
            .OrderByDescending(release => release.LastWriteTimeUtc)
            .ToList();
        foreach (var old in releases.Skip(KeptReleases))
        {
            old.Delete(recursive: true);
        }

        return [.. releases.Take(KeptReleases)];
    }

    private static List<StaticAsset> Merge(string site, List<DirectoryInfo> releases)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);
        foreach (var release in releases)
        {
            foreach (var asset in Parse(site, File.ReadAllText(Path.Combine(release.FullName, ManifestName))).Where(asset => known.Add(asset.Url)))
            {
                files[asset.Url] = $"{site}/{release.Name}/{FilesName}/{asset.File}";
            }
        }

        return [.. files.Select(file => new StaticAsset(file.Key, file.Value))];
    }

    private static IReadOnlyList<StaticAsset> Parse(string site, string manifest)
    {
        try
        {
            return AssetManifest.Parse(manifest);
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException(
                $"Nginx can't send the static files of '{site}': its *.staticwebassets.endpoints.json can't be read ({exception.Message}). Publish the site again.", exception);
        }
    }
}
