namespace Aspire.Hosting.ApplicationModel;

/// <summary>A folder for files that resources need while they run, such as scripts. Files are named by their contents, so that the same contents give the same path at every start.</summary>
public interface IAspireStore
{
    /// <summary>Full path of the folder.</summary>
    string BasePath { get; }

    /// <summary>Writes a file unless it is there already.</summary>
    /// <param name="filenameTemplate">What the file is called: <c>setup.sh</c> becomes <c>setup.1a2b3c4d5e6f.sh</c>.</param>
    /// <param name="contentStream">The contents.</param>
    /// <returns>Full path of the file.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    string GetFileNameWithContent(string filenameTemplate, Stream contentStream);
}

/// <summary>More ways to write into the store.</summary>
public static class AspireStoreExtensions
{
    /// <summary>Copies a file into the store unless it is there already.</summary>
    /// <param name="aspireStore">The store.</param>
    /// <param name="filenameTemplate">What the file is called there.</param>
    /// <param name="sourceFilename">Path of the file.</param>
    /// <returns>Full path of the copy.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string GetFileNameWithContent(this IAspireStore aspireStore, string filenameTemplate, string sourceFilename)
    {
        ArgumentNullException.ThrowIfNull(aspireStore);
        ArgumentException.ThrowIfNullOrWhiteSpace(sourceFilename);
        if (!File.Exists(sourceFilename))
        {
            throw new FileNotFoundException($"The file '{sourceFilename}' can't be copied into the store: it does not exist. Correct the path.", sourceFilename);
        }

        using var source = File.OpenRead(sourceFilename);
        return aspireStore.GetFileNameWithContent(filenameTemplate, source);
    }
}
