namespace Aspire.Hosting.ApplicationModel;

/// <summary>A command of a resource, at one moment.</summary>
/// <param name="Name">Name by which it is called.</param>
/// <param name="State">Whether it can be called now.</param>
/// <param name="DisplayName">Name that people see.</param>
/// <param name="DisplayDescription">What it does, in words.</param>
/// <param name="Parameter">Handed on with the command, unchanged.</param>
/// <param name="ConfirmationMessage">Question to ask before it is called; null: none.</param>
/// <param name="IconName">Its icon.</param>
/// <param name="IconVariant">Variant of the icon.</param>
/// <param name="IsHighlighted">True when it is shown before the others.</param>
public sealed record ResourceCommandSnapshot(
    string Name,
    ResourceCommandState State,
    string DisplayName,
    string? DisplayDescription,
    object? Parameter,
    string? ConfirmationMessage,
    string? IconName,
    IconVariant? IconVariant,
    bool IsHighlighted);

/// <summary>Whether a command can be called.</summary>
public enum ResourceCommandState
{
    /// <summary>It can.</summary>
    Enabled,

    /// <summary>It can't now, and is shown.</summary>
    Disabled,

    /// <summary>It makes no sense now, and is not shown.</summary>
    Hidden,
}
