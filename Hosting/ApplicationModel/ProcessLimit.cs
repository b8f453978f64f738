namespace Stack.Hosting.ApplicationModel;

/// <summary>A limit that the kernel sets a process, as <c>ulimit</c> does.</summary>
/// <param name="Soft">What holds at first; the process may raise it as far as <paramref name="Hard"/>. -1: no limit.</param>
/// <param name="Hard">What it can't be raised beyond. -1: no limit.</param>
public readonly record struct ProcessLimit(long Soft, long Hard)
{
    /// <summary>Stands for no limit.</summary>
    public const long Unlimited = -1;

    /// <summary>Both limits the same.</summary>
    /// <param name="both">The limit; -1: none.</param>
    public static implicit operator ProcessLimit(long both) => new(both, both);

    /// <summary>Both limits the same.</summary>
    /// <param name="both">The limit; -1: none.</param>
    public static ProcessLimit FromInt64(long both) => both;

    /// <inheritdoc />
    public override string ToString() => Soft == Hard ? Text(Soft) : $"{Text(Soft)}:{Text(Hard)}";

    private static string Text(long value) => value == Unlimited ? "unlimited" : $"{value}";
}
