namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file or folder that is written into a container before it starts.</summary>
public abstract class ContainerFileSystemItem
{
    private string? _name;

    /// <summary>Its name, without a path.</summary>
    /// <exception cref="ArgumentException">The name is a path.</exception>
    public string Name
    {
        get => _name ?? "";
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _name = value.Contains('/') || value.Contains('\\') || value is "." or ".."
                ? throw new ArgumentException($"'{value}' is a path. Give the plain name of a file or folder, and put it into a ContainerDirectory where it has to lie deeper.", nameof(value))
                : value;
        }
    }

    /// <summary>Id of the user that owns it; null: the default of the call that adds it.</summary>
    public int? Owner { get; set; }

    /// <summary>Id of the group that owns it; null: the default of the call that adds it.</summary>
    public int? Group { get; set; }

    /// <summary>Permissions; 0: read and write for all (and search for folders), less the umask of the call that adds it.</summary>
    public UnixFileMode Mode { get; set; }
}
