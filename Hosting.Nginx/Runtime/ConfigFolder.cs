using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Keeps the versions of the configuration: each in a folder of its own named by its content, one of them the current one.</summary>
internal sealed class ConfigFolder(string folder, TimeProvider time)
{
    private const int KeptVersions = 10;

    private string Versions => Path.Combine(folder, "conf");

    /// <summary>The link that Nginx is started with.</summary>
    public string Current => Path.Combine(folder, NginxNames.CurrentLink);

    /// <summary>Folder of the version that is the current one.</summary>
    public string CurrentVersion => Path.Combine(folder, new FileInfo(Current).LinkTarget!);

    /// <summary>What a running Nginx calls the version in this folder.</summary>
    public static string RevisionOf(string version) => Path.GetFileName(version);

    /// <summary>Writes a version; one that is there already with the same content is used again.</summary>
    /// <returns>Its folder.</returns>
    public string Write(IReadOnlyDictionary<string, HandWrittenFile> handWritten, IReadOnlyDictionary<string, string> generated)
    {
        SortedDictionary<string, HandWrittenFile> files = new(StringComparer.Ordinal);
        foreach (var (path, file) in handWritten)
        {
            files[path] = file;
        }

        foreach (var (path, text) in generated)
        {
            files.TryAdd(path, new HandWrittenFile(Encoding.UTF8.GetBytes(text))); // one that was ejected is its owner's
        }

        SharedFiles.CreateFolder(folder);
        SharedFiles.CreateFolder(Versions);
        SharedFiles.CreateFolder(Path.Combine(folder, "tmp"));
        var revision = Hash(files);
        files[NginxNames.RevisionFile] = new HandWrittenFile(Encoding.UTF8.GetBytes($"# The version that this is, for whoever asks Nginx which one it uses.\nmap $host {NginxNames.RevisionVariable} {{\n    default {revision};\n}}\n"));
        var version = Path.Combine(Versions, revision);
        if (Holds(version, files))
        {
            Directory.SetLastWriteTimeUtc(version, time.GetUtcNow().UtcDateTime);
            return version;
        }

        // What is there under this name was edited by hand: it is replaced, so that the name tells the truth.
        var candidate = $"{version}.new-{Environment.ProcessId}";
        Remove(candidate);
        WriteFiles(candidate, files);
        Remove(version);

        Directory.Move(candidate, version);
        return version;
    }

    /// <summary>Makes a version the current one, in one step, and removes the oldest ones.</summary>
    public void Use(string version)
    {
        var link = $"{Current}.new-{Environment.ProcessId}";
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.GetRelativePath(folder, version));
        if (Rename(link, Current) != 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            File.Delete(link);
            throw new DistributedApplicationException($"The link '{Current}' can't be set to Nginx's new configuration: {error}. Remove what is in its place.");
        }

        RemoveOldest(version);
    }

    private void RemoveOldest(string current)
    {
        var old = new DirectoryInfo(Versions).EnumerateDirectories()
            .Where(version => version.FullName != current)
            .OrderByDescending(version => version.LastWriteTimeUtc)
            .Skip(KeptVersions - 1);
        foreach (var version in old)
        {
            version.Delete(recursive: true);
        }
    }

    private static bool Holds(string version, SortedDictionary<string, HandWrittenFile> files) =>
        Directory.Exists(version)
        && Directory.EnumerateFiles(version, "*", SearchOption.AllDirectories).Count() == files.Count
        && files.All(file => Path.Combine(version, file.Key) is var path && File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Value.Content));

    private static void WriteFiles(string root, SortedDictionary<string, HandWrittenFile> files)
    {
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(root, path);
            SharedFiles.CreateFolders(root, Path.GetDirectoryName(path)!);
            SharedFiles.Write(file, content.Content, content.IsPrivate);
        }
    }

    private static string Hash(SortedDictionary<string, HandWrittenFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, file) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{file.Content.Length}\0"));
            hash.AppendData(file.Content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
