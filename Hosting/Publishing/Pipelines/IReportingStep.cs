using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>Tells people how far a step is. Disposing it completes it if that has not been done.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IReportingStep : IAsyncDisposable
{
    /// <summary>Begins a part of the step.</summary>
    /// <param name="statusText">What is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReportingTask> CreateTaskAsync(string statusText, CancellationToken cancellationToken = default);

    /// <summary>Says that the step is over.</summary>
    /// <param name="completionText">What came of it.</param>
    /// <param name="completionState">How it ended.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task CompleteAsync(string completionText, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default);

    /// <summary>Writes a line.</summary>
    /// <param name="logLevel">Its level.</param>
    /// <param name="message">The line.</param>
    void Log(LogLevel logLevel, string message);

    /// <summary>Writes a line.</summary>
    /// <param name="logLevel">Its level.</param>
    /// <param name="message">The line.</param>
    /// <param name="enableMarkdown">True when it is Markdown, which is shown as it is.</param>
    void Log(LogLevel logLevel, string message, bool enableMarkdown);
}
