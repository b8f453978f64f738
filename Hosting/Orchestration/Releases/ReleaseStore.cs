using System.Security.Cryptography;
using System.Text.Json;
using Aspire.Hosting;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>The releases of one site on the disk, <c>&lt;state&gt;/releases/&lt;site&gt;/</c>: a folder for each, and a file that says which is current. Whoever uses it holds the lock of the state folder, and makes one release at a time.</summary>
/// <param name="resource">Name of the site.</param>
/// <param name="root">The folder; made with the first release.</param>
internal sealed class ReleaseStore(string resource, string root)
{
    private const string DraftPrefix = ".draft-";

    // Others may look into it: a replica may run as another user, and Nginx's workers do.
    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Root => root;

    /// <summary>What builds leave between them, so that the next one is quick.</summary>
    public string BuildFolder => Path.Combine(root, ".build");

    private string CurrentFile => Path.Combine(root, "current.json");

    /// <summary>Makes a new release: has a folder filled that nobody sees, then gives it its name in one step. What an earlier one has left half done is removed.</summary>
    /// <param name="label">Names it beside its time; null: a hash of its program does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="fill">Fills the folder, which does not exist yet.</param>
    /// <exception cref="DistributedApplicationException">What is in the folder then can't be run. Nothing is left of it.</exception>
    public async Task<Release> MakeAsync(string? label, TimeProvider time, Func<string, Task> fill)
    {
        RemoveDrafts();
        MakeFolder(Path.GetDirectoryName(root)!);
        MakeFolder(root);
        var draft = Path.Combine(root, DraftPrefix + Guid.NewGuid().ToString("n")[..8]);
        try
        {
            await fill(draft).ConfigureAwait(false);
            var site = PublishedFolder.Check(resource, draft);
            MakeFolder(draft);
            FlushFiles(draft);
            var name = NewName(time.GetUtcNow(), label ?? Hash(File.Exists($"{site.Program}.dll") ? $"{site.Program}.dll" : site.Program));
            Directory.Move(draft, Path.Combine(root, name));
            return Find(name)!;
        }
        catch
        {
            RemoveDrafts();
            throw;
        }
    }

    /// <summary>All that are whole, the newest first.</summary>
    public IReadOnlyList<string> Names()
        => Directory.Exists(root)
            ? [.. Directory.EnumerateDirectories(root).Select(f => Path.GetFileName(f)).Where(n => ReleaseName.MadeAt(n) is not null).OrderDescending(StringComparer.Ordinal)]
            : [];

    /// <exception cref="DistributedApplicationException">It is there and can't be run any more.</exception>
    /// <returns>Null: there is none of that name.</returns>
    public Release? Find(string name)
        => ReleaseName.MadeAt(name) is { } madeAt && Path.Combine(root, name) is var folder && Directory.Exists(folder)
            ? new Release(name, madeAt, PublishedFolder.Check(resource, folder))
            : null;

    public void Remove(string name)
    {
        // Out of sight first: a removal that is cut short must not leave half a release.
        var draft = Path.Combine(root, DraftPrefix + name);
        Directory.Move(Path.Combine(root, name), draft);
        RemoveDrafts();
    }

    /// <exception cref="DistributedApplicationException">It can't be read, or understood: it is not known what is to run.</exception>
    public ReleaseHistory ReadHistory()
    {
        try
        {
            return !File.Exists(CurrentFile) ? ReleaseHistory.Empty
                : JsonSerializer.Deserialize<ReleaseHistory>(File.ReadAllText(CurrentFile), Format) is { Current: not null, Before: not null } history ? history
                : throw new JsonException("it is not complete.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                $"The file '{CurrentFile}', which says what release of '{resource}' runs, can't be read: {e.Message} Its releases are beside it ({string.Join(", ", Names())}). Write {{\"current\":\"<release>\",\"before\":[]}} into it, or delete it, which has the AppHost's own build run.", e);
        }
    }

    /// <summary>Replaces it in one step.</summary>
    public void WriteHistory(ReleaseHistory history)
    {
        MakeFolder(Path.GetDirectoryName(root)!);
        MakeFolder(root);
        var draft = $"{CurrentFile}.new";
        using (var stream = File.Create(draft))
        {
            JsonSerializer.Serialize(stream, history, Format);
            stream.Flush(flushToDisk: true); // it has to outlive the machine's end, unlike what is kept of processes
        }

        File.Move(draft, CurrentFile, overwrite: true);
    }

    private string NewName(DateTimeOffset now, string label)
    {
        var name = ReleaseName.Create(now, label);
        for (var again = 2; Directory.Exists(Path.Combine(root, name)); again++)
        {
            name = ReleaseName.Create(now, $"{label[..Math.Min(label.Length, 36)]}-{again}");
        }

        return name;
    }

    private void RemoveDrafts()
    {
        foreach (var draft in Directory.Exists(root) ? Directory.GetDirectories(root, $"{DraftPrefix}*") : [])
        {
            try
            {
                Directory.Delete(draft, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In nobody's way; tried again the next time.
            }
        }
    }

    // A release is current for good: it must not be found empty after a loss of power.
    private static void FlushFiles(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path);
            RandomAccess.FlushToDisk(file);
        }
    }

    private static string Hash(string program)
    {
        using var file = File.OpenRead(program);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..8];
    }

    private static void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Mode);
        }
    }
}
