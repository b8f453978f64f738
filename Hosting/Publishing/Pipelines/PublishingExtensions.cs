using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Short forms for reporting how a step or a part of one ended.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class PublishingExtensions
{
    /// <summary>Says that the step is done.</summary>
    /// <param name="step">The step.</param>
    /// <param name="message">What came of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReportingStep> SucceedAsync(this IReportingStep step, string? message = null, CancellationToken cancellationToken = default)
        => EndAsync(step, message ?? "Done", CompletionState.Completed, cancellationToken);

    /// <summary>Says that the step is done, and that there is something to know.</summary>
    /// <param name="step">The step.</param>
    /// <param name="message">What there is to know.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReportingStep> WarnAsync(this IReportingStep step, string? message = null, CancellationToken cancellationToken = default)
        => EndAsync(step, message ?? "Done, with a warning", CompletionState.CompletedWithWarning, cancellationToken);

    /// <summary>Says that the step failed.</summary>
    /// <param name="step">The step.</param>
    /// <param name="errorMessage">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReportingStep> FailAsync(this IReportingStep step, string? errorMessage = null, CancellationToken cancellationToken = default)
        => EndAsync(step, errorMessage ?? "Failed", CompletionState.CompletedWithError, cancellationToken);

    /// <summary>Says that the part is done.</summary>
    /// <param name="task">The part.</param>
    /// <param name="message">What came of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReportingTask> SucceedAsync(this IReportingTask task, string? message = null, CancellationToken cancellationToken = default)
        => EndAsync(task, message, CompletionState.Completed, cancellationToken);

    /// <summary>Says that the part is done, and that there is something to know.</summary>
    /// <param name="task">The part.</param>
    /// <param name="message">What there is to know.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReportingTask> WarnAsync(this IReportingTask task, string? message = null, CancellationToken cancellationToken = default)
        => EndAsync(task, message, CompletionState.CompletedWithWarning, cancellationToken);

    /// <summary>Says that the part failed.</summary>
    /// <param name="task">The part.</param>
    /// <param name="errorMessage">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<IReportingTask> FailAsync(this IReportingTask task, string? errorMessage = null, CancellationToken cancellationToken = default)
        => EndAsync(task, errorMessage, CompletionState.CompletedWithError, cancellationToken);

    /// <summary>Says what is done now.</summary>
    /// <param name="task">The part.</param>
    /// <param name="statusText">What is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReportingTask> UpdateStatusAsync(this IReportingTask task, string statusText, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        await task.UpdateAsync(statusText, cancellationToken).ConfigureAwait(false);
        return task;
    }

    private static async Task<IReportingStep> EndAsync(IReportingStep step, string text, CompletionState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(step);
        await step.CompleteAsync(text, state, cancellationToken).ConfigureAwait(false);
        return step;
    }

    private static async Task<IReportingTask> EndAsync(IReportingTask task, string? text, CompletionState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        await task.CompleteAsync(text, state, cancellationToken).ConfigureAwait(false);
        return task;
    }
}
