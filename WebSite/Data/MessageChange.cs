namespace WebSite.Data;

/// <summary>A message was changed or deleted. Numbers grow in the order in which changes become visible, as those of messages do, so that open pages can follow them.</summary>
public sealed class MessageChange
{
    /// <summary>Number of the change, never used again.</summary>
    public long Id { get; init; }

    /// <summary>The message; when there is none of that number any more, it was deleted.</summary>
    public required long MessageId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
