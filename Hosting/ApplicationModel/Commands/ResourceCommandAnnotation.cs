namespace Aspire.Hosting.ApplicationModel;

/// <summary>A command of a resource: something that can be done to it while the application runs.</summary>
public sealed class ResourceCommandAnnotation : IResourceAnnotation
{
    /// <summary>Creates the command.</summary>
    /// <param name="name">Name by which it is called; another command of the same name is replaced.</param>
    /// <param name="displayName">Name that people see.</param>
    /// <param name="updateState">Says, for a snapshot, whether it can be called now.</param>
    /// <param name="executeCommand">What it does.</param>
    /// <param name="displayDescription">What it does, in words.</param>
    /// <param name="parameter">Handed on with the command, unchanged.</param>
    /// <param name="confirmationMessage">Question to ask before it is called; null: none.</param>
    /// <param name="iconName">Its icon.</param>
    /// <param name="iconVariant">Variant of the icon.</param>
    /// <param name="isHighlighted">True when it is shown before the others.</param>
    public ResourceCommandAnnotation(
        string name,
        string displayName,
        Func<UpdateCommandStateContext, ResourceCommandState> updateState,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        string? displayDescription,
        object? parameter,
        string? confirmationMessage,
        string? iconName,
        IconVariant? iconVariant,
        bool isHighlighted)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(displayName);
        ArgumentNullException.ThrowIfNull(updateState);
        ArgumentNullException.ThrowIfNull(executeCommand);
        Name = name;
        DisplayName = displayName;
        UpdateState = updateState;
        ExecuteCommand = executeCommand;
        DisplayDescription = displayDescription;
        Parameter = parameter;
        ConfirmationMessage = confirmationMessage;
        IconName = iconName;
        IconVariant = iconVariant;
        IsHighlighted = isHighlighted;
    }

    /// <summary>Name by which it is called.</summary>
    public string Name { get; }

    /// <summary>Name that people see.</summary>
    public string DisplayName { get; }

    /// <summary>Says, for a snapshot, whether it can be called now.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; }

    /// <summary>What it does.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; }

    /// <summary>What it does, in words.</summary>
    public string? DisplayDescription { get; }

    /// <summary>Handed on with the command, unchanged.</summary>
    public object? Parameter { get; }

    /// <summary>Question to ask before it is called; null: none.</summary>
    public string? ConfirmationMessage { get; }

    /// <summary>Its icon.</summary>
    public string? IconName { get; }

    /// <summary>Variant of the icon.</summary>
    public IconVariant? IconVariant { get; }

    /// <summary>True when it is shown before the others.</summary>
    public bool IsHighlighted { get; }

    /// <summary>True when a call on a resource with replicas is one call for all of them: a restart goes from one to the next.</summary>
    internal bool ForWholeResource { get; init; }
}
