namespace WebSite.Data;

/// <summary>Somebody who may post.</summary>
public sealed class Member
{
    /// <summary>Number of the member.</summary>
    public long Id { get; init; }

    /// <summary>The name as it is shown.</summary>
    public required string Name { get; init; }

    /// <summary>The name without regard to case: no two members differ by case alone.</summary>
    public required string FoldedName { get; init; }

    /// <summary>What the framework's password hasher made of the password.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>When the member signed up.</summary>
    public required DateTimeOffset JoinedAt { get; init; }
}
