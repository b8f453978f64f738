namespace Stack.Hosting.Supervision.Commands;

/// <summary>A command to be run.</summary>
/// <param name="Command">Path of the program, or a name that is looked up on PATH.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Limit">How long it may take.</param>
internal sealed record CommandRequest(string Command, IReadOnlyList<string> Arguments, TimeSpan Limit)
{
    /// <summary>What it reads from standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Variables beside those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
