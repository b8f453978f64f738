using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Finds out with which environment variables and arguments a resource is to run.</summary>
public interface IExecutionConfigurationBuilder
{
    /// <summary>Adds something that contributes variables or arguments. One of a type that is there already is not added again.</summary>
    /// <param name="gatherer">What contributes.</param>
    IExecutionConfigurationBuilder AddExecutionConfigurationGatherer(IExecutionConfigurationGatherer gatherer);

    /// <summary>Runs the resource's callbacks and evaluates what they set: in run mode to values, in publish mode to placeholders.</summary>
    /// <param name="executionContext">Run or publish.</param>
    /// <param name="resourceLogger">Handed to the callbacks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found; values that could not be evaluated are missing in it, and its exception tells why.</returns>
    Task<IExecutionConfigurationResult> BuildAsync(DistributedApplicationExecutionContext executionContext, ILogger? resourceLogger = null, CancellationToken cancellationToken = default);
}

/// <summary>Contributes variables or arguments of a resource.</summary>
public interface IExecutionConfigurationGatherer
{
    /// <summary>Adds them.</summary>
    /// <param name="context">What there is so far.</param>
    /// <param name="resource">The resource.</param>
    /// <param name="resourceLogger">The resource's log.</param>
    /// <param name="executionContext">Run or publish.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask GatherAsync(
        IExecutionConfigurationGathererContext context,
        IResource resource,
        ILogger resourceLogger,
        DistributedApplicationExecutionContext executionContext,
        CancellationToken cancellationToken = default);
}

/// <summary>The variables and arguments so far.</summary>
public interface IExecutionConfigurationGathererContext
{
    /// <summary>The arguments: texts, or values that are evaluated afterwards.</summary>
    List<object> Arguments { get; }

    /// <summary>The variables: texts, or values that are evaluated afterwards.</summary>
    Dictionary<string, object> EnvironmentVariables { get; }

    /// <summary>Adds something else that the caller can ask for.</summary>
    /// <param name="metadata">What.</param>
    void AddAdditionalData(IExecutionConfigurationData metadata);
}

/// <summary>Something else that a gatherer found out.</summary>
public interface IExecutionConfigurationData;
