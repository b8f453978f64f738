namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a command may have beyond its name and what it does.</summary>
public class CommandOptions
{
    internal static CommandOptions Default { get; } = new();

    /// <summary>What it does, in words.</summary>
    public string? Description { get; set; }

    /// <summary>Handed on with the command, unchanged.</summary>
    public object? Parameter { get; set; }

    /// <summary>Question to ask before it is called; null: none.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>Its icon.</summary>
    public string? IconName { get; set; }

    /// <summary>Variant of the icon.</summary>
    public IconVariant? IconVariant { get; set; }

    /// <summary>True when it is shown before the others.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Says, for a snapshot, whether it can be called now; null: always.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}
