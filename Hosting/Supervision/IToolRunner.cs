namespace Stack.Hosting.Supervision;

/// <summary>Runs a program to its end.</summary>
internal interface IToolRunner
{
    /// <param name="request">What to run.</param>
    /// <param name="line">Gets each line that the program writes, one at a time.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="LaunchException">It could not be started.</exception>
    Task<int> RunAsync(ToolRequest request, Action<string> line, CancellationToken cancellationToken);
}

/// <summary>What to run. The AppHost's environment is inherited.</summary>
internal sealed record ToolRequest(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory)
{
    /// <summary>Variables that differ from the AppHost's; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}
