using System.Formats.Tar;

namespace Stack.Dashboard.Storage;

/// <summary>Writes the data folder as a tar while it is written to: sealed files as they are, the others by SQLite's own copy. The key ring is not in it.</summary>
internal sealed class StoreBackup(StorageOptions options, TelemetryStore store)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async Task WriteAsync(Stream output, CancellationToken ct)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var segment in store.Catalogue.Segments)
        {
            if (segment.IsSealed)
            {
                await AddAsync(tar, segment.File, Path.Combine(options.Directory, segment.File), ct);
            }
            else
            {
                await AddCopyAsync(tar, segment.File, ct);
            }
        }

        // Last: it may know of more than is in the segments before it, never of less.
        await AddCopyAsync(tar, "meta.db", ct);
    }

    private async Task AddCopyAsync(TarWriter tar, string name, CancellationToken ct)
    {
        var copy = Path.Combine(options.Directory, $"copy-{Guid.NewGuid():N}.tmp");
        try
        {
            await Task.Run(() => Copy(Path.Combine(options.Directory, name), copy), ct);
            await AddAsync(tar, name, copy, ct);
        }
        finally
        {
            SegmentPaths.Delete(copy);
        }
    }

    private static void Copy(string path, string copy)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var file = SqliteFile.OpenForReading(path);
        file.CopyTo(copy);
    }

    private static async Task AddAsync(TarWriter tar, string name, string path, CancellationToken ct)
    {
        FileStream content;
        try
        {
            content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            // Retention was faster.
            return;
        }

        await using (content)
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = Mode }, ct);
        }
    }
}
