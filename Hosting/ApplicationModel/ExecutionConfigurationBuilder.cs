using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Runs the callbacks of a resource that set its environment variables and arguments. Nothing else runs them.</summary>
/// <example><code>
/// var configuration = await ExecutionConfigurationBuilder.Create(resource)
///     .WithArgumentsConfig()
///     .WithEnvironmentVariablesConfig()
///     .BuildAsync(executionContext, logger, cancellationToken);
/// </code></example>
public sealed class ExecutionConfigurationBuilder : IExecutionConfigurationBuilder
{
    private readonly IResource _resource;
    private readonly List<IExecutionConfigurationGatherer> _gatherers = [];

    private ExecutionConfigurationBuilder(IResource resource) => _resource = resource;

    /// <summary>Creates a builder without gatherers.</summary>
    /// <param name="resource">The resource.</param>
    public static IExecutionConfigurationBuilder Create(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ExecutionConfigurationBuilder(resource);
    }

    /// <inheritdoc/>
    public IExecutionConfigurationBuilder AddExecutionConfigurationGatherer(IExecutionConfigurationGatherer gatherer)
    {
        ArgumentNullException.ThrowIfNull(gatherer);
        if (!_gatherers.Exists(g => g.GetType() == gatherer.GetType()))
        {
            _gatherers.Add(gatherer);
        }

        return this;
    }

    /// <inheritdoc/>
    public async Task<IExecutionConfigurationResult> BuildAsync(
        DistributedApplicationExecutionContext executionContext, ILogger? resourceLogger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executionContext);
        var gathered = await GatherAsync(executionContext, resourceLogger ?? NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        var context = new ValueProviderContext { ExecutionContext = executionContext, Caller = _resource, Replica = FirstReplica.Of(_resource) };
        return await gathered.ResolveAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the callbacks; the values are evaluated afterwards, for each replica.</summary>
    internal async Task<GatheredConfiguration> GatherAsync(DistributedApplicationExecutionContext executionContext, ILogger logger, CancellationToken cancellationToken)
    {
        var context = new GatheredConfiguration();
        foreach (var gatherer in _gatherers)
        {
            await gatherer.GatherAsync(context, _resource, logger, executionContext, cancellationToken).ConfigureAwait(false);
        }

        return context;
    }
}
