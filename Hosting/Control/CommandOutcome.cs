namespace Stack.Hosting.Control;

/// <summary>How a command ended.</summary>
/// <param name="End">Which way.</param>
/// <param name="Message">For people; there when it failed.</param>
internal sealed record CommandOutcome(CommandEnd End, string? Message)
{
    public bool Succeeded => End == CommandEnd.Done;

    public static CommandOutcome Done(string? message = null) => new(CommandEnd.Done, message);

    public static CommandOutcome Failed(string message) => new(CommandEnd.Failed, message);

    /// <param name="message">Names what is under way and who asked for it.</param>
    public static CommandOutcome Busy(string message) => new(CommandEnd.Busy, message);

    /// <param name="setting">The setting that can't be so, as the request names it.</param>
    /// <param name="message">Says why, and what can be.</param>
    public static CommandOutcome Invalid(string setting, string message) => new(CommandEnd.Invalid, message) { Setting = setting };

    /// <summary>With <see cref="CommandEnd.Invalid"/>: the setting that can't be so.</summary>
    public string? Setting { get; init; }
}

/// <summary>The ways in which a command ends.</summary>
internal enum CommandEnd
{
    /// <summary>Its goal is reached.</summary>
    Done,

    /// <summary>It was tried and given up.</summary>
    Failed,

    /// <summary>Nothing was done: another change of the same resource is under way.</summary>
    Busy,

    /// <summary>Nothing was done: one of its settings can't be so.</summary>
    Invalid,
}
