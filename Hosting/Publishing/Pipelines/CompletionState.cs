using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>How a step or a task ended.</summary>
[Experimental("ASPIREPIPELINES001")]
public enum CompletionState
{
    /// <summary>It goes on.</summary>
    InProgress,

    /// <summary>It is done.</summary>
    Completed,

    /// <summary>It is done, and there is something to know.</summary>
    CompletedWithWarning,

    /// <summary>It failed.</summary>
    CompletedWithError,
}
