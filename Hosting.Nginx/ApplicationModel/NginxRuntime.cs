namespace Aspire.Hosting.ApplicationModel;

/// <summary>What Nginx runs as.</summary>
public enum NginxRuntime
{
    /// <summary>A container where an engine is healthy and the image is there or can be pulled, else a local process.</summary>
    Auto,

    /// <summary>A container with the host's network; an error where that is not possible.</summary>
    Container,

    /// <summary>A local nginx executable; an error where there is none.</summary>
    Process,
}
