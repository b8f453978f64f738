namespace Stack.Cli;

/// <summary>What a command's exit code says.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>Not all are ready; of an operation: it still runs.</summary>
    public const int NotAllReady = 3;

    public const int NoAppHost = 4;

    /// <summary>Ended by Ctrl+C, as shells have it.</summary>
    public const int Interrupted = 130;
}

/// <summary>Ends a command: the message goes to stderr.</summary>
internal sealed class CliException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
