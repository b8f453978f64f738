using WebSite.Data;

namespace WebSite.Models;

/// <summary>Everything the board's page shows.</summary>
public sealed record BoardPage(SiteFacts Site, MessagePage Messages, long Change, MessageForm Form, string? Search, long? Before, bool WhoAmI)
{
    /// <summary>Whether new messages belong at the top of it.</summary>
    public bool IsLive => Before is null && string.IsNullOrWhiteSpace(Search);

    /// <summary>The newest message shown, which live updates go on from.</summary>
    public long Cursor => Messages.Messages.Count > 0 ? Messages.Messages[0].Id : 0;
}

/// <summary>Who made the page.</summary>
/// <param name="Replica">The replica.</param>
/// <param name="Version">Its version.</param>
/// <param name="Leader">The replica that leads, if any does.</param>
public sealed record SiteFacts(Replica Replica, string Version, string? Leader);
