namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the callbacks of a resource have set, evaluated for one consumer.</summary>
internal sealed class ExecutionConfigurationResult : IExecutionConfigurationResult
{
    public required IReadOnlyList<ResolvedArgument> ResolvedArguments { get; init; }

    public required IReadOnlyList<ResolvedVariable> ResolvedVariables { get; init; }

    public required IEnumerable<object> References { get; init; }

    public required IEnumerable<IExecutionConfigurationData> AdditionalConfigurationData { get; init; }

    public required Exception? Exception { get; init; }

    public IEnumerable<(string Value, bool IsSensitive)> Arguments => ResolvedArguments.Select(a => (a.Text, a.IsSensitive));

    public IEnumerable<(object Unprocessed, string Processed, bool IsSensitive)> ArgumentsWithUnprocessed => ResolvedArguments.Select(a => (a.Value, a.Text, a.IsSensitive));

    public IEnumerable<KeyValuePair<string, string>> EnvironmentVariables => ResolvedVariables.Select(v => KeyValuePair.Create(v.Name, v.Text));

    public IEnumerable<KeyValuePair<string, (object Unprocessed, string Processed)>> EnvironmentVariablesWithUnprocessed
        => ResolvedVariables.Select(v => KeyValuePair.Create(v.Name, (v.Value, v.Text)));
}

/// <summary>One argument: what a callback added, and its text.</summary>
internal sealed record ResolvedArgument(object Value, string Text, bool IsSensitive);

/// <summary>One variable: what a callback set, and its text.</summary>
internal sealed record ResolvedVariable(string Name, object Value, string Text, bool IsSensitive);
