using System.IO.Compression;

namespace Stack.Dashboard.Ingest.Import;

/// <summary>Reads the files of a zip from a stranger, one at a time, within limits that count what really comes out of it. Nothing is ever written by the names in it.</summary>
internal sealed class ZipReader(ZipArchive zip)
{
    public const int MaxFiles = 50_000;
    public const long MaxFileBytes = 16L << 20;
    public const long MaxBytes = 2L << 30;

    private long _unpacked;

    /// <summary>The JSON files, in their order; console logs and folders are left out.</summary>
    /// <exception cref="ImportException">There are too many, or one has a name that leads elsewhere.</exception>
    public IReadOnlyList<ZipArchiveEntry> Files()
    {
        if (zip.Entries.Count > MaxFiles)
        {
            throw new ImportException($"The zip holds {zip.Entries.Count} files; {MaxFiles} are the most that are taken.");
        }

        if (zip.Entries.FirstOrDefault(entry => LeadsElsewhere(entry.FullName)) is { } strange)
        {
            throw new ImportException($"The file '{Shown(strange)}' has a name that leads out of the zip. Such a zip is not imported.");
        }

        return [.. zip.Entries.Where(entry => entry.FullName.EndsWith(".json", StringComparison.OrdinalIgnoreCase))];
    }

    /// <exception cref="ImportException">It is damaged, or more comes out than is taken.</exception>
    public async Task<PooledBuffer> ReadAsync(ZipArchiveEntry entry, CancellationToken ct)
    {
        var buffer = new PooledBuffer();
        try
        {
            await using var content = await entry.OpenAsync(ct);
            while (await content.ReadAsync(buffer.Free(), ct) is var read and > 0)
            {
                buffer.Advance(read);
                _unpacked += read;
                if (buffer.Length > MaxFileBytes)
                {
                    throw new ImportException($"The file '{Shown(entry)}' is larger than {MaxFileBytes >> 20} MB when it is unpacked. Split it.");
                }

                if (_unpacked > MaxBytes)
                {
                    throw new ImportException($"More than {MaxBytes >> 30} GB come out of the zip. Import it in parts.");
                }
            }

            return buffer;
        }
        catch (Exception e)
        {
            buffer.Dispose();
            if (e is InvalidDataException or NotSupportedException)
            {
                throw new ImportException($"The file '{Shown(entry)}' in the zip is damaged: {e.Message}");
            }

            throw;
        }
    }

    /// <summary>The name as it can be told to a person.</summary>
    public static string Shown(ZipArchiveEntry entry) =>
        new([.. entry.FullName.Take(100).Select(c => char.IsControl(c) ? '?' : c)]);

    private static bool LeadsElsewhere(string name) =>
        name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal) || name.Split('/').Contains("..");
}
