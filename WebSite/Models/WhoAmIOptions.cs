namespace WebSite.Models;

/// <summary>Settings of <c>/whoami</c>.</summary>
public sealed class WhoAmIOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "WhoAmI";

    /// <summary>Whether the address exists.</summary>
    public bool Enabled { get; set; } = true;
}
