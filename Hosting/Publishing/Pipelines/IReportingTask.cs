using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Tells people how far a part of a step is. Disposing it completes it if that has not been done.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IReportingTask : IAsyncDisposable
{
    /// <summary>Says what is done now.</summary>
    /// <param name="statusText">What is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task UpdateAsync(string statusText, CancellationToken cancellationToken = default);

    /// <summary>Says that the part is over.</summary>
    /// <param name="completionMessage">What came of it.</param>
    /// <param name="completionState">How it ended.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task CompleteAsync(string? completionMessage = null, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default);
}
