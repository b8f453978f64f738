using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting;

/// <summary>Files that the AppHost makes while it runs.</summary>
[Experimental("ASPIREFILESYSTEM001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public interface IFileSystemService
{
    /// <summary>Makes temporary files and folders; what is left of them goes when the application ends.</summary>
    ITempFileSystemService TempDirectory { get; }
}

/// <summary>Makes temporary files and folders, for the owner only.</summary>
[Experimental("ASPIREFILESYSTEM001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public interface ITempFileSystemService
{
    /// <summary>Makes a new folder.</summary>
    /// <param name="prefix">What its name begins with.</param>
    TempDirectory CreateTempSubdirectory(string? prefix = null);

    /// <summary>Makes a new empty file in a folder of its own.</summary>
    /// <param name="fileName">Its name; null: any.</param>
    /// <exception cref="ArgumentException">The name has a folder in it.</exception>
    TempFile CreateTempFile(string? fileName = null);
}

/// <summary>A temporary folder. Disposing deletes it.</summary>
[Experimental("ASPIREFILESYSTEM001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public abstract class TempDirectory : IDisposable
{
    /// <summary>Full path.</summary>
    public abstract string Path { get; }

    /// <summary>Deletes the folder and all in it.</summary>
    public abstract void Dispose();
}

/// <summary>A temporary file. Disposing deletes it.</summary>
[Experimental("ASPIREFILESYSTEM001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public abstract class TempFile : IDisposable
{
    /// <summary>Full path.</summary>
    public abstract string Path { get; }

    /// <summary>Deletes the file.</summary>
    public abstract void Dispose();
}
