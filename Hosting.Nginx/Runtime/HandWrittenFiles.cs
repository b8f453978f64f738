using System.Text;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>Reads the hand-written part of the configuration: the user's folder over the copy inside this assembly.</summary>
internal static partial class HandWrittenFiles
{
    private const string ResourcePrefix = "nginx/";

    /// <param name="folder">The user's folder; null: only the copy inside this assembly.</param>
    /// <returns>Content by path relative to the folder.</returns>
    /// <exception cref="DistributedApplicationException">The folder is not usable.</exception>
    public static IReadOnlyDictionary<string, HandWrittenFile> Load(string? folder)
    {
        SortedDictionary<string, HandWrittenFile> files = new(StringComparer.Ordinal);
        foreach (var name in typeof(HandWrittenFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            files[name[ResourcePrefix.Length..]] = new HandWrittenFile(ReadResource(name));
        }

        if (folder is not null)
        {
            ReadFolder(folder, files);
        }

        return files;
    }

    private static void ReadFolder(string folder, SortedDictionary<string, HandWrittenFile> files)
    {
        var root = Path.Combine(folder, NginxNames.RootFile);
        if (!File.Exists(root))
        {
            throw new DistributedApplicationException(
                $"The folder '{folder}' of Nginx's hand-written configuration has no file '{NginxNames.RootFile}'. Create it, or set Stack:Nginx:Folder to another folder.");
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            var name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (IsConfiguration(name))
            {
                files[name] = new HandWrittenFile(File.ReadAllBytes(path), IsPrivate(name, path));
            }
        }

        foreach (var include in new[] { NginxNames.MainFile, NginxNames.HttpFile })
        {
            if (!Includes(Encoding.UTF8.GetString(files[NginxNames.RootFile].Content), include))
            {
                throw new DistributedApplicationException(
                    $"'{root}' does not include the generated part '{include}', so that Nginx would not serve the site. Put 'include {include};' back.");
            }
        }
    }

    /// <summary>Of the generated part an owner may have some files, samples and notes are for readers, and hidden files are the editor's.</summary>
    private static bool IsConfiguration(string name) =>
        !name.StartsWith("sample/", StringComparison.Ordinal)
        && (!name.StartsWith("stack/", StringComparison.Ordinal) || Ejection.IsOwnable(name))
        && !name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith('~')
        && !name.Split('/').Any(part => part.StartsWith('.'));

    /// <summary>A key that its owner hides from others stays hidden in the copy. Error pages are for everybody, whatever the umask of the check-out was.</summary>
    private static bool IsPrivate(string name, string path) =>
        !OperatingSystem.IsWindows()
        && !name.StartsWith("errors/", StringComparison.Ordinal)
        && !File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead);

    private static bool Includes(string text, string file) =>
        IncludeLine().Matches(text).Any(match => match.Groups["file"].Value == file);

    private static byte[] ReadResource(string name)
    {
        using var stream = typeof(HandWrittenFiles).Assembly.GetManifestResourceStream(name)!;
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    [GeneratedRegex("""^[^#\r\n]*\binclude\s+["']?(?<file>[^\s;"']+)["']?\s*;""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IncludeLine();
}

/// <summary>One file of the hand-written part.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="IsPrivate">Only its owner may read it.</param>
internal sealed record HandWrittenFile(byte[] Content, bool IsPrivate = false);
