namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rules for names of resources and endpoints.</summary>
internal static class ModelName
{
    public const int MaxLength = 64;

    /// <exception cref="ArgumentException">Names the kind, the name and the broken rule.</exception>
    public static void Validate(string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (BrokenRule(name) is { } rule)
        {
            throw new ArgumentException($"The {kind} name '{name}' is invalid: {rule}.", nameof(name));
        }
    }

    private static string? BrokenRule(string name) => name switch
    {
        { Length: 0 or > MaxLength } => $"it must have 1 to {MaxLength} characters",
        _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') => "it may only have ASCII letters, digits and hyphens",
        _ when !char.IsAsciiLetter(name[0]) => "it must start with a letter",
        _ when name[^1] == '-' => "it may not end with a hyphen",
        _ when name.Contains("--", StringComparison.Ordinal) => "it may not have two hyphens in a row",
        _ => null,
    };
}
