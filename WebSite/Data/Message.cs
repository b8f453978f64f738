namespace WebSite.Data;

/// <summary>A message on the board. Ids grow in the order in which messages become visible, so that an id is a place to read on from.</summary>
public sealed class Message
{
    /// <summary>Number of the message, never used again.</summary>
    public long Id { get; init; }

    /// <summary>Who wrote it.</summary>
    public required long MemberId { get; init; }

    /// <summary>The writer's name.</summary>
    public required string Author { get; init; }

    /// <summary>What was written.</summary>
    public required string Text { get; set; }

    /// <summary>Author and text without regard to case: what a search looks at, in the same way on every database.</summary>
    public required string Folded { get; set; }

    /// <summary>Made from the form and what was typed, unique: the same form sent twice is one message.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>When it was posted.</summary>
    public required DateTimeOffset PostedAt { get; init; }

    /// <summary>When it was changed last; null: never.</summary>
    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>The replica that took it.</summary>
    public required string TakenBy { get; init; }
}
