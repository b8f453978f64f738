using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>What one step works with.</summary>
[Experimental("ASPIREPIPELINES001")]
public sealed class PipelineStepContext
{
    /// <summary>What all steps work with.</summary>
    public required PipelineContext PipelineContext { get; init; }

    /// <summary>Tells people how far the step is.</summary>
    public required IReportingStep ReportingStep { get; init; }

    /// <summary>The model.</summary>
    public DistributedApplicationModel Model => PipelineContext.Model;

    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext ExecutionContext => PipelineContext.ExecutionContext;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => PipelineContext.Services;

    /// <summary>The step's log.</summary>
    public ILogger Logger => PipelineContext.Logger;

    /// <summary>Ends when publishing is given up.</summary>
    public CancellationToken CancellationToken => PipelineContext.CancellationToken;
}
