namespace Stack.Cli;

/// <summary>What the commands have of the world: where they write, the variables, the clock.</summary>
internal sealed class CliHost
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>The same place as <see cref="Out"/>, for bytes that are to stay as they are.</summary>
    public required Stream OutBytes { get; init; }

    public required Func<string, string?> Variable { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The terminal that <see cref="Out"/> goes to; null when a file or another program takes it.</summary>
    public Terminal? Terminal { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliHost OfThisProcess()
    {
        var output = StandardOutput.Open();
        return new CliHost
        {
            Out = new StreamWriter(output) { AutoFlush = true },
            Error = Console.Error,
            OutBytes = output,
            Terminal = Terminal.OfThisProcess(),
            Variable = Environment.GetEnvironmentVariable,
            WorkingDirectory = Environment.CurrentDirectory,
        };
    }
}
