using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

public static partial class ResourceExtensions
{
    /// <summary>Finds the callbacks that set environment variables.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="environmentVariables">The callbacks, in the order they were added.</param>
    public static bool TryGetEnvironmentVariables(this IResource resource, [NotNullWhen(true)] out IEnumerable<EnvironmentCallbackAnnotation>? environmentVariables)
        => resource.TryGetAnnotationsOfType(out environmentVariables);

    /// <summary>Evaluates the environment variables of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="applicationOperation">Run: values; publish: placeholders.</param>
    /// <exception cref="Exception">A value could not be evaluated.</exception>
    [Obsolete("Use ExecutionConfigurationBuilder.")]
    public static async ValueTask<Dictionary<string, string>> GetEnvironmentVariableValuesAsync(
        this IResourceWithEnvironment resource, DistributedApplicationOperation applicationOperation = DistributedApplicationOperation.Run)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(resource).WithEnvironmentVariablesConfig()
            .BuildAsync(new DistributedApplicationExecutionContext(applicationOperation)).ConfigureAwait(false);
        return configuration.Exception is null ? new(configuration.EnvironmentVariables, StringComparer.Ordinal) : throw configuration.Exception;
    }

    /// <summary>Evaluates the arguments of a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="applicationOperation">Run: values; publish: placeholders.</param>
    /// <exception cref="Exception">A value could not be evaluated.</exception>
    [Obsolete("Use ExecutionConfigurationBuilder.")]
    public static async ValueTask<string[]> GetArgumentValuesAsync(
        this IResourceWithArgs resource, DistributedApplicationOperation applicationOperation = DistributedApplicationOperation.Run)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(resource).WithArgumentsConfig()
            .BuildAsync(new DistributedApplicationExecutionContext(applicationOperation)).ConfigureAwait(false);
        return configuration.Exception is null ? [.. configuration.Arguments.Select(a => a.Value)] : throw configuration.Exception;
    }

    /// <summary>Runs the callbacks that set environment variables and hands each variable on.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="executionContext">Run or publish.</param>
    /// <param name="processValue">Gets the name, what was set, its text, and why it has none.</param>
    /// <param name="logger">Handed to the callbacks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Obsolete("Use ExecutionConfigurationBuilder.")]
    public static async ValueTask ProcessEnvironmentVariableValuesAsync(
        this IResource resource,
        DistributedApplicationExecutionContext executionContext,
        Action<string, object?, string?, Exception?> processValue,
        ILogger logger,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(processValue);
        var builder = (ExecutionConfigurationBuilder)ExecutionConfigurationBuilder.Create(resource).WithEnvironmentVariablesConfig();
        var gathered = await builder.GatherAsync(executionContext, logger ?? NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in gathered.EnvironmentVariables)
        {
            var (text, error) = await ProcessAsync(resource, value, executionContext, cancellationToken).ConfigureAwait(false);
            processValue(name, value, text, error);
        }
    }

    /// <summary>Runs the callbacks that add arguments and hands each argument on.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="executionContext">Run or publish.</param>
    /// <param name="processValue">Gets what was added, its text, why it has none, and whether it must not be shown.</param>
    /// <param name="logger">Handed to the callbacks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Obsolete("Use ExecutionConfigurationBuilder.")]
    public static async ValueTask ProcessArgumentValuesAsync(
        this IResource resource,
        DistributedApplicationExecutionContext executionContext,
        Action<object?, string?, Exception?, bool> processValue,
        ILogger logger,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(processValue);
        var builder = (ExecutionConfigurationBuilder)ExecutionConfigurationBuilder.Create(resource).WithArgumentsConfig();
        var gathered = await builder.GatherAsync(executionContext, logger ?? NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        foreach (var value in gathered.Arguments)
        {
            var (text, error) = await ProcessAsync(resource, value, executionContext, cancellationToken).ConfigureAwait(false);
            processValue(value, text, error, Sensitivity.IsSensitive(value));
        }
    }

    private static async ValueTask<(string? Text, Exception? Error)> ProcessAsync(
        IResource resource, object value, DistributedApplicationExecutionContext executionContext, CancellationToken cancellationToken)
    {
        try
        {
            var context = new ValueProviderContext { ExecutionContext = executionContext, Caller = resource, Replica = FirstReplica.Of(resource) };
            return (await ValueText.ResolveAsync(value, context, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, e);
        }
    }
}
