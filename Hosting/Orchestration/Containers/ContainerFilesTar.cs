using System.Formats.Tar;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Packs files for a container as the archive that the engine unpacks in it, with owners and permissions. The same files give the same bytes.</summary>
internal sealed class ContainerFilesTar(string resource)
{
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;
    private const UnixFileMode AllFile = (UnixFileMode)0b110_110_110;
    private const UnixFileMode DefaultUmask = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly List<TarEntry> _entries = [];

    /// <summary>Adds the files of one annotation.</summary>
    /// <exception cref="DistributedApplicationException">A file can't be made; names it and the container.</exception>
    public async Task AddAsync(ContainerFileSystemCallbackAnnotation annotation, IEnumerable<ContainerFileSystemItem> items, CancellationToken cancellationToken)
    {
        if (!annotation.DestinationPath.StartsWith('/'))
        {
            throw new DistributedApplicationException($"Files for the container '{resource}' can't be put at '{annotation.DestinationPath}': it is not an absolute path in the container. Let it begin with '/'.");
        }

        await AddAsync(annotation, annotation.DestinationPath.Trim('/'), items, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The archive; empty when no file was added.</summary>
    public async Task<ReadOnlyMemory<byte>> FinishAsync(CancellationToken cancellationToken)
    {
        if (_entries.Count == 0)
        {
            return default;
        }

        using MemoryStream stream = new();
        var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var entry in _entries)
            {
                await writer.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
            }
        }

        return stream.ToArray();
    }

    // Folders above the destination are left to the engine: an entry would change the owner and mode of what is there.
    private async Task AddAsync(ContainerFileSystemCallbackAnnotation annotation, string folder, IEnumerable<ContainerFileSystemItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            if (item.Name.Length == 0)
            {
                throw new DistributedApplicationException($"A file for the container '{resource}', below '/{folder}', has no name. Set Name.");
            }

            var path = folder.Length == 0 ? item.Name : $"{folder}/{item.Name}";
            if (item is ContainerDirectory directory)
            {
                Add(annotation, item, TarEntryType.Directory, $"{path}/", null, All);
                await AddAsync(annotation, path, directory.Entries, cancellationToken).ConfigureAwait(false);
            }
            else if (item is ContainerFileBase file && await ReadAsync(file, path, cancellationToken).ConfigureAwait(false) is { } content)
            {
                Add(annotation, item, TarEntryType.RegularFile, path, content, AllFile);
            }
        }
    }

    private void Add(ContainerFileSystemCallbackAnnotation annotation, ContainerFileSystemItem item, TarEntryType type, string path, byte[]? content, UnixFileMode most)
    {
        PaxTarEntry entry = new(type, path)
        {
            Uid = item.Owner ?? annotation.DefaultOwner ?? 0,
            Gid = item.Group ?? annotation.DefaultGroup ?? 0,
            Mode = item.Mode == UnixFileMode.None ? most & ~(annotation.Umask ?? DefaultUmask) : item.Mode,
            ModificationTime = DateTimeOffset.UnixEpoch,
        };
        if (content is not null)
        {
            entry.DataStream = new MemoryStream(content);
        }

        _entries.Add(entry);
    }

    private async Task<byte[]?> ReadAsync(ContainerFileBase file, string path, CancellationToken cancellationToken)
    {
        if (file is { Contents: not null, SourcePath: not null })
        {
            throw new DistributedApplicationException($"The file '/{path}' for the container '{resource}' has both Contents and a SourcePath. Set one of them.");
        }

        try
        {
            return file.SourcePath is { } source ? await File.ReadAllBytesAsync(source, cancellationToken).ConfigureAwait(false) : Encoding.UTF8.GetBytes(file.Contents ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return file.ContinueOnError == true
                ? null
                : throw new DistributedApplicationException($"The file '/{path}' for the container '{resource}' can't be copied: {e.Message}", e);
        }
    }
}
