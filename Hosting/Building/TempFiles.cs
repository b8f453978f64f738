using System.Collections.Concurrent;
using Aspire.Hosting;

namespace Stack.Hosting.Building;

/// <summary>Makes temporary files and folders for the owner only, and deletes what is left of them at the end.</summary>
internal sealed class TempFiles : IFileSystemService, ITempFileSystemService, IDisposable
{
    /// <summary>For builders that do not bring their own; nothing of it is deleted by itself.</summary>
    public static readonly TempFiles Shared = new();

    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);

    public ITempFileSystemService TempDirectory => this;

    public TempDirectory CreateTempSubdirectory(string? prefix = null) => new Folder(this, NewFolder(prefix));

    public TempFile CreateTempFile(string? fileName = null)
    {
        if (fileName is not null && (fileName.Length == 0 || Path.GetFileName(fileName) != fileName))
        {
            throw new ArgumentException($"The temporary file '{fileName}' can't be made: its name must be one without a folder.", nameof(fileName));
        }

        var folder = NewFolder("aspire-temp-");
        var file = Path.Combine(folder, fileName ?? Path.GetRandomFileName());
        File.Create(file).Dispose();
        return new SingleFile(this, folder, file);
    }

    public void Dispose()
    {
        foreach (var folder in _folders.Keys)
        {
            Delete(folder);
        }
    }

    private string NewFolder(string? prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix ?? "aspire-").FullName;
        _folders[folder] = true;
        return folder;
    }

    private void Delete(string folder)
    {
        _folders.TryRemove(folder, out _);
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone already, or still in use: the system clears its folder for temporary files.
        }
    }

    private sealed class Folder(TempFiles owner, string path) : TempDirectory
    {
        public override string Path => path;

        public override void Dispose() => owner.Delete(path);
    }

    private sealed class SingleFile(TempFiles owner, string folder, string path) : TempFile
    {
        public override string Path => path;

        public override void Dispose() => owner.Delete(folder);
    }
}
