namespace WebSite.Data;

/// <summary>How often somebody has tried to sign in under a name without success. One row for each name that was tried, whether a member has it or not.</summary>
public sealed class SignInTries
{
    /// <summary>The name without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>Tries in a row.</summary>
    public required int Count { get; set; }

    /// <summary>When the next one may be made.</summary>
    public required DateTimeOffset FreeAt { get; set; }
}
