namespace Stack.Dashboard.Tests;

/// <summary>A clock whose date a test sets; timers run by the real one.</summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    public SettableTime()
        : this(new DateTimeOffset(2026, 11, 22, 8, 15, 0, TimeSpan.Zero))
    {
    }

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
