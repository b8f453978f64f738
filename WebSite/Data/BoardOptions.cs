namespace WebSite.Data;

/// <summary>Settings of the board.</summary>
public sealed class BoardOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Board";

    /// <summary>Whether the site applies missing migrations itself when it starts. Null: only to the file that it uses when no database is configured.</summary>
    public bool? MigrateAtStart { get; set; }

    /// <summary>How old a message gets before the leader removes it. Default: 30 days.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often the leader looks for such messages. Default: a minute.</summary>
    public TimeSpan CleanUpEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a lease lasts that is not extended: after the death of the leader's process that long nobody leads. Default: 6 s; it is extended three times as often.</summary>
    public TimeSpan LeaseFor { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>How long a long poll is left waiting. Default: 10 s, well below the time that a roll gives requests in flight.</summary>
    public TimeSpan LongPoll { get; set; } = TimeSpan.FromSeconds(10);
}
