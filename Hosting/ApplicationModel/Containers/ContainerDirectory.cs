namespace Aspire.Hosting.ApplicationModel;

/// <summary>A folder that is made in a container before it starts.</summary>
public sealed class ContainerDirectory : ContainerFileSystemItem
{
    /// <summary>What is in it.</summary>
    public IEnumerable<ContainerFileSystemItem> Entries { get; set; } = [];

    /// <summary>Describes what lies in a folder of this machine, or one file of it, as copies to be made in a container.</summary>
    /// <param name="path">The folder, or the file.</param>
    /// <param name="searchPattern">Which files of the folder, with <c>*</c> and <c>?</c>.</param>
    /// <param name="searchOptions">Whether folders below it are looked through too.</param>
    /// <param name="updateItem">Called for each file and folder found, to set its owner or mode.</param>
    /// <exception cref="InvalidOperationException">There is neither a file nor a folder of that path.</exception>
    /// <exception cref="ArgumentException">A pattern is given with the path of a file.</exception>
    public static IEnumerable<ContainerFileSystemItem> GetFileSystemItemsFromPath(
        string path, string searchPattern = "*", SearchOption searchOptions = SearchOption.TopDirectoryOnly, Action<ContainerFileSystemItem>? updateItem = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(searchPattern);
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return Below(full, searchPattern, searchOptions, updateItem);
        }

        if (!File.Exists(full))
        {
            throw new InvalidOperationException($"There is neither a file nor a folder '{full}' to be copied into a container. Correct the path.");
        }

        return searchPattern == "*"
            ? [Copy(full, updateItem)]
            : throw new ArgumentException($"'{full}' is a file, so the pattern '{searchPattern}' has nothing to choose from. Leave it out, or give the path of a folder.", nameof(searchPattern));
    }

    private static List<ContainerFileSystemItem> Below(string folder, string pattern, SearchOption options, Action<ContainerFileSystemItem>? update)
    {
        List<ContainerFileSystemItem> items = [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).Select(f => Copy(f, update))];
        foreach (var child in options == SearchOption.AllDirectories ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            // With a pattern, a folder in which nothing matches is left out.
            var entries = Below(child, pattern, options, update);
            if (entries.Count > 0 || pattern == "*")
            {
                var directory = new ContainerDirectory { Name = Path.GetFileName(child), Entries = entries };
                update?.Invoke(directory);
                items.Add(directory);
            }
        }

        return items;
    }

    private static ContainerFile Copy(string file, Action<ContainerFileSystemItem>? update)
    {
        var copy = new ContainerFile { Name = Path.GetFileName(file), SourcePath = file };
        update?.Invoke(copy);
        return copy;
    }
}
