namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the callbacks of a resource have set, before it is evaluated.</summary>
internal sealed class GatheredConfiguration : IExecutionConfigurationGathererContext
{
    private readonly List<IExecutionConfigurationData> _data = [];

    public List<object> Arguments { get; } = [];

    public Dictionary<string, object> EnvironmentVariables { get; } = new(StringComparer.Ordinal);

    public void AddAdditionalData(IExecutionConfigurationData metadata) => _data.Add(metadata);

    /// <summary>Evaluates everything for one consumer. A value that turns out to be null is left out; errors are collected.</summary>
    public async Task<ExecutionConfigurationResult> ResolveAsync(ValueProviderContext context, CancellationToken cancellationToken)
    {
        List<Exception> errors = [];
        List<ResolvedArgument> arguments = [];
        foreach (var value in Arguments)
        {
            if (await TryResolveAsync(value, context, errors, cancellationToken).ConfigureAwait(false) is { } text)
            {
                arguments.Add(new(value, text, Sensitivity.IsSensitive(value)));
            }
        }

        List<ResolvedVariable> variables = [];
        foreach (var (name, value) in EnvironmentVariables)
        {
            if (await TryResolveAsync(value, context, errors, cancellationToken).ConfigureAwait(false) is { } text)
            {
                variables.Add(new(name, value, text, Sensitivity.IsSensitive(value)));
            }
        }

        return new ExecutionConfigurationResult
        {
            ResolvedArguments = arguments,
            ResolvedVariables = variables,
            References = ValueReferences.All(Arguments.Concat(EnvironmentVariables.Values)),
            AdditionalConfigurationData = [.. _data],
            Exception = errors.Count switch { 0 => null, 1 => errors[0], _ => new AggregateException(errors) },
        };
    }

    private static async ValueTask<string?> TryResolveAsync(object? value, ValueProviderContext context, List<Exception> errors, CancellationToken cancellationToken)
    {
        try
        {
            return await ValueText.ResolveAsync(value, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Two variables that need the same missing parameter are one error.
            if (!errors.Exists(other => other.GetType() == e.GetType() && other.Message == e.Message))
            {
                errors.Add(e);
            }

            return null;
        }
    }
}
