namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file that is written into a container before it starts: its text is given, or the file on this machine that it is a copy of.</summary>
public abstract class ContainerFileBase : ContainerFileSystemItem
{
    /// <summary>The text; null together with <see cref="SourcePath"/>: an empty file.</summary>
    public string? Contents { get; set; }

    /// <summary>Absolute path of the file on this machine that is copied. Excludes <see cref="Contents"/>.</summary>
    public string? SourcePath { get; set; }

    /// <summary>True when the container is to start even if this file can't be made.</summary>
    public bool? ContinueOnError { get; set; }
}
