namespace Aspire.Hosting.ApplicationModel;

/// <summary>How the dashboard shows a state.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>It is well.</summary>
    public static readonly string Success = "success";

    /// <summary>It has failed.</summary>
    public static readonly string Error = "error";

    /// <summary>Neither well nor bad.</summary>
    public static readonly string Info = "info";

    /// <summary>Somebody should have a look.</summary>
    public static readonly string Warn = "warn";
}
