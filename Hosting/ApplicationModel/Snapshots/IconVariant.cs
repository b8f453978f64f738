namespace Aspire.Hosting.ApplicationModel;

/// <summary>Variants of the dashboard's icons.</summary>
public enum IconVariant
{
    /// <summary>Outlined.</summary>
    Regular,

    /// <summary>Filled.</summary>
    Filled,
}
