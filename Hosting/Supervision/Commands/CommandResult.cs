namespace Stack.Hosting.Supervision.Commands;

/// <summary>What a command said.</summary>
/// <param name="ExitCode">Its exit code; null when it could not be started or was killed at its limit.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, or why it did not run.</param>
internal sealed record CommandResult(int? ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Standard error if it holds something, else standard output, in one line.</summary>
    public string Said
    {
        get
        {
            var text = (string.IsNullOrWhiteSpace(Error) ? Output : Error).Trim();
            return text.Length == 0
                ? $"exit code {ExitCode}"
                : string.Join("; ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
