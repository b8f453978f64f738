using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Tells people what the pipeline does.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IPipelineActivityReporter
{
    /// <summary>Begins a step.</summary>
    /// <param name="title">What it is called.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReportingStep> CreateStepAsync(string title, CancellationToken cancellationToken = default);

    /// <summary>Says that publishing is over.</summary>
    /// <param name="completionMessage">What to say; null: what fits the state.</param>
    /// <param name="completionState">How it ended; null: done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task CompletePublishAsync(string? completionMessage = null, CompletionState? completionState = null, CancellationToken cancellationToken = default);
}
