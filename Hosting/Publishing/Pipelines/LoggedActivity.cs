using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Publishing.Pipelines;

/// <summary>Reports what the pipeline does by lines in its log.</summary>
internal sealed partial class LoggedActivity(ILogger logger) : IPipelineActivityReporter
{
    public Task<IReportingStep> CreateStepAsync(string title, CancellationToken cancellationToken = default)
    {
        LogBegun(title);
        return Task.FromResult<IReportingStep>(new LoggedStep(this, title));
    }

    public Task CompletePublishAsync(string? completionMessage = null, CompletionState? completionState = null, CancellationToken cancellationToken = default)
    {
        if (completionMessage is not null)
        {
            LogLine(LevelOf(completionState ?? CompletionState.Completed), completionMessage);
        }

        return Task.CompletedTask;
    }

    private static LogLevel LevelOf(CompletionState state) => state switch
    {
        CompletionState.CompletedWithWarning => LogLevel.Warning,
        CompletionState.CompletedWithError => LogLevel.Error,
        _ => LogLevel.Information,
    };

    [LoggerMessage(5101, LogLevel.Debug, "Step '{Step}' begins.")]
    private partial void LogBegun(string step);

    [LoggerMessage(5102, LogLevel.Debug, "Step '{Step}' is done.")]
    private partial void LogDone(string step);

    [LoggerMessage(EventId = 5103, Message = "{Owner}: {Text}")]
    private partial void LogText(LogLevel level, string owner, string text);

    [LoggerMessage(EventId = 5104, Message = "{Text}")]
    private partial void LogLine(LogLevel level, string text);

    private sealed class LoggedStep(LoggedActivity activity, string title) : IReportingStep
    {
        private int _completed;

        public Task<IReportingTask> CreateTaskAsync(string statusText, CancellationToken cancellationToken = default)
        {
            activity.LogText(LogLevel.Information, title, statusText);
            return Task.FromResult<IReportingTask>(new LoggedTask(activity, title));
        }

        public Task CompleteAsync(string completionText, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _completed, 1) == 0)
            {
                activity.LogText(LevelOf(completionState), title, completionText);
            }

            return Task.CompletedTask;
        }

        public void Log(LogLevel logLevel, string message) => activity.LogText(logLevel, title, message);

        public void Log(LogLevel logLevel, string message, bool enableMarkdown) => Log(logLevel, message);

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _completed, 1) == 0)
            {
                activity.LogDone(title);
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class LoggedTask(LoggedActivity activity, string step) : IReportingTask
    {
        public Task UpdateAsync(string statusText, CancellationToken cancellationToken = default)
        {
            activity.LogText(LogLevel.Information, step, statusText);
            return Task.CompletedTask;
        }

        public Task CompleteAsync(string? completionMessage = null, CompletionState completionState = CompletionState.Completed, CancellationToken cancellationToken = default)
        {
            if (completionMessage is not null)
            {
                activity.LogText(LevelOf(completionState), step, completionMessage);
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
