using System.Globalization;

namespace WebSite.Live;

/// <summary>How far a reader has got; what any replica can go on from.</summary>
/// <param name="Message">The last message.</param>
/// <param name="Change">The last change or deletion of a message; null: the reader does not follow them.</param>
public sealed record Position(long Message, long? Change)
{
    /// <summary>Reads what <see cref="ToString"/> writes; null: it is nothing of the kind.</summary>
    public static Position? Parse(string? text) => text?.Split('.') switch
    {
        [var message] when Number(message) is { } m => new(m, null),
        [var message, var change] when Number(message) is { } m && Number(change) is { } c => new(m, c),
        _ => null,
    };

    /// <summary>Whether there is something here that a reader at the other place has not seen.</summary>
    public bool IsPast(Position other) => Message > other.Message || Change > other.Change;

    /// <summary>The further one of each: no reader is sent back, by a replica that is a moment behind.</summary>
    public Position Furthest(Position other) => new(Math.Max(Message, other.Message), Change > other.Change ? Change : other.Change);

    /// <inheritdoc/>
    public override string ToString() => Change is { } change ? $"{Message}.{change}" : $"{Message}";

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
