using System.Text;
using Aspire.Hosting;

namespace Stack.Hosting.Publishing.Output;

/// <summary>Writes an output into a folder: what is the same stays untouched, what was edited by hand stops it before anything is written, what is the user's is never changed.</summary>
internal sealed class OutputFolder(string folder, string target, bool force)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly List<string> _warnings = [];

    /// <exception cref="DistributedApplicationException">The folder is another's, or not writable. Nothing was written.</exception>
    /// <exception cref="EditedFilesException">Generated files were edited by hand. Nothing was written.</exception>
    public WrittenOutput Write(PublishOutput output)
    {
        try
        {
            var before = Open();
            var contents = output.Files.ToDictionary(f => f.Path, f => Encoding.UTF8.GetBytes(f.Text), StringComparer.Ordinal);
            ThrowIfEdited(before, contents);
            Directory.CreateDirectory(folder);
            var written = output.Files.Where(f => WriteIfChanged(f.Path, contents[f.Path], f.IsExecutable ? Runnable : Readable)).Select(f => f.Path).ToList();
            var removed = Remove(before, contents.Keys);
            var seed = output.Seed is { } file ? WriteSeed(file) : null;
            WriteIfChanged(OutputMarker.FileName, new OutputMarker(target, contents.ToDictionary(c => c.Key, c => OutputMarker.Hash(c.Value), StringComparer.Ordinal)).ToBytes(), Readable);
            return new WrittenOutput(written, output.Files.Count - written.Count, removed, seed, [.. output.Warnings, .. _warnings]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The output can't be written to '{folder}': {e.Message}", e);
        }
    }

    private OutputMarker? Open()
    {
        if (File.Exists(folder))
        {
            throw new DistributedApplicationException($"'{folder}' is a file. Give a folder: --output-path DIR.");
        }

        var marker = OutputMarker.Load(folder);
        if (marker is not null && marker.Target != target)
        {
            throw new DistributedApplicationException($"'{folder}' holds the output of '{marker.Target}'. Publish '{target}' into a folder of its own.");
        }

        return marker is not null || force || !Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()
            ? marker
            : throw new DistributedApplicationException($"'{folder}' is not empty, and what is in it was not published. Choose another folder, or give --force: files of the same names are then replaced.");
    }

    private void ThrowIfEdited(OutputMarker? before, Dictionary<string, byte[]> contents)
    {
        if (force || before is null)
        {
            return;
        }

        var edited = contents.Where(c => Read(c.Key) is { } now && !now.AsSpan().SequenceEqual(c.Value) && before.Files.GetValueOrDefault(c.Key) != OutputMarker.Hash(now))
            .Select(c => c.Key).Order(StringComparer.Ordinal).ToList();
        if (edited.Count > 0)
        {
            throw new EditedFilesException(
                $"These generated files in '{folder}' were edited, and nothing was written: {string.Join(", ", edited)}. Put what is yours where the README says (it is kept there), or give --force: the files are then replaced.");
        }
    }

    private List<string> Remove(OutputMarker? before, IEnumerable<string> kept)
    {
        List<string> removed = [];
        foreach (var (path, hash) in (before?.Files ?? new Dictionary<string, string>(StringComparer.Ordinal)).Where(f => !kept.Contains(f.Key, StringComparer.Ordinal)))
        {
            if (Read(path) is not { } now)
            {
                continue;
            }

            if (OutputMarker.Hash(now) == hash || force)
            {
                File.Delete(Path.Combine(folder, path));
                removed.Add(path);
            }
            else
            {
                _warnings.Add($"'{path}' is not part of the output any more, and was edited: it is kept. Remove it if it is not needed.");
            }
        }

        return removed;
    }

    private SeedResult WriteSeed(SeedFile seed)
    {
        var path = Path.Combine(folder, seed.Path);
        var before = Read(seed.Path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        var result = SeedText.Merge(before, seed);
        if (before is not null && SetMode(path, Private))
        {
            _warnings.Add($"'{seed.Path}' could be read by others; now only by you.");
        }

        if (before is null || result.Added.Count > 0)
        {
            Replace(path, Encoding.UTF8.GetBytes(result.Text), Private);
        }

        _warnings.AddRange(result.Unused.Select(name => $"'{name}' in '{seed.Path}' is not used any more. It is kept; remove the line if it is not needed."));
        return result;
    }

    private byte[]? Read(string path)
    {
        var file = Path.Combine(folder, path);
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    private bool WriteIfChanged(string path, byte[] content, UnixFileMode mode)
    {
        var file = Path.Combine(folder, path);
        if (Read(path) is { } now && now.AsSpan().SequenceEqual(content))
        {
            SetMode(file, mode);
            return false;
        }

        Replace(file, content, mode);
        return true;
    }

    // Whoever reads the file meanwhile gets the old one or the new one; and nobody else ever reads a private one.
    private static void Replace(string file, byte[] content, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
        }

        SetMode(temporary, mode);
        File.Move(temporary, file, overwrite: true);
    }

    // Modes are for the machine that the output is copied to; Windows has none to set.
    private static bool SetMode(string file, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == mode)
        {
            return false;
        }

        File.SetUnixFileMode(file, mode);
        return true;
    }
}

/// <summary>What was done.</summary>
/// <param name="Written">Files that are new or have changed.</param>
/// <param name="Unchanged">How many are as before.</param>
/// <param name="Removed">Files that are not part of the output any more.</param>
/// <param name="Seed">The user's file; null: there is none.</param>
/// <param name="Warnings">In full sentences.</param>
internal sealed record WrittenOutput(IReadOnlyList<string> Written, int Unchanged, IReadOnlyList<string> Removed, SeedResult? Seed, IReadOnlyList<string> Warnings);

/// <summary>Generated files were edited by hand; the process ends with exit code 3.</summary>
internal sealed class EditedFilesException(string message) : DistributedApplicationException(message);
