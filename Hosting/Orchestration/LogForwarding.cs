using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>Hands the console logs of the resources on to the AppHost's own log, in category <c>{AppHost}.Resources.{resource}</c>.</summary>
internal sealed partial class LogForwarding(DistributedApplicationModel model, StackOptions options, ResourceObservers observers)
{
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(model.Resources.ToList().Select(r => ForwardAsync(r, cancellationToken)));

    private async Task ForwardAsync(IResource resource, CancellationToken cancellationToken)
    {
        var logger = observers.Loggers.CreateLogger($"{options.AppHostName}.Resources.{resource.Name}");
        try
        {
            await foreach (var lines in observers.Logs.WatchAsync(resource).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (var line in lines)
                {
                    LogLine(logger, line.IsErrorMessage ? LogLevel.Error : LogLevel.Information, line.LineNumber, line.Content);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The stack is being stopped.
        }
    }

    [LoggerMessage(EventId = 3501, Message = "{LineNumber}: {Line}")]
    private static partial void LogLine(ILogger logger, LogLevel level, int lineNumber, string line);
}
