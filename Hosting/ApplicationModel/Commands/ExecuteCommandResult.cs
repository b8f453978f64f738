namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command ended.</summary>
public sealed class ExecuteCommandResult
{
    /// <summary>True when it did what it should.</summary>
    public required bool Success { get; init; }

    /// <summary>True when it was called off.</summary>
    public bool Canceled { get; init; }

    /// <summary>Why it failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What there is to say of its success.</summary>
    internal string? Message { get; init; }

    /// <summary>True when nothing was done because another change of the same resource is under way.</summary>
    internal bool IsBusy { get; init; }

    /// <summary>The setting that can't be so; nothing was done.</summary>
    internal string? InvalidSetting { get; init; }
}

/// <summary>Makes results of commands.</summary>
public static class CommandResults
{
    /// <summary>It did what it should.</summary>
    public static ExecuteCommandResult Success() => new() { Success = true };

    /// <summary>It did what it should, and has something to say (ours).</summary>
    /// <param name="message">Printed by <c>stack command</c>.</param>
    public static ExecuteCommandResult Success(string message) => new() { Success = true, Message = message };

    /// <summary>It failed.</summary>
    /// <param name="errorMessage">Why.</param>
    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, ErrorMessage = errorMessage };

    /// <summary>It failed.</summary>
    /// <param name="exception">Its message says why.</param>
    public static ExecuteCommandResult Failure(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Failure(exception.Message);
    }

    /// <summary>It was called off.</summary>
    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}
