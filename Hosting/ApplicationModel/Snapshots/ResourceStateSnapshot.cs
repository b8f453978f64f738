namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of a resource, as a text.</summary>
/// <param name="Text">The text; see <see cref="KnownResourceStates"/>.</param>
/// <param name="Style">How it is shown; see <see cref="KnownResourceStateStyles"/>. Null: by the text.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>Makes a state of a text; null stays null.</summary>
    /// <param name="s">The text.</param>
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new(s, null);
}
