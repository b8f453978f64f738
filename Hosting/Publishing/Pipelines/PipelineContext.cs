using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>What all steps of a pipeline work with.</summary>
/// <param name="model">The model.</param>
/// <param name="executionContext">Run or publish.</param>
/// <param name="serviceProvider">The application's services.</param>
/// <param name="logger">The pipeline's log.</param>
/// <param name="cancellationToken">Ends when publishing is given up.</param>
[Experimental("ASPIREPIPELINES001")]
public sealed class PipelineContext(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    IServiceProvider serviceProvider,
    ILogger logger,
    CancellationToken cancellationToken)
{
    /// <summary>The model.</summary>
    public DistributedApplicationModel Model { get; } = model;

    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; } = serviceProvider;

    /// <summary>The pipeline's log.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>Ends when publishing is given up.</summary>
    public CancellationToken CancellationToken { get; set; } = cancellationToken;
}
