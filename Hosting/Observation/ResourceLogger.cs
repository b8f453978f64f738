using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Observation;

/// <summary>Writes into the logs of a resource.</summary>
internal sealed class ResourceLogger(Func<IEnumerable<ResourceLog>> logs, TimeProvider time) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var text = formatter(state, exception) + (exception is null ? "" : $"{Environment.NewLine}{exception}");
        var line = $"{ResourceLogReader.Stamp(time)} {text}";
        foreach (var log in logs())
        {
            log.Add(line, logLevel >= LogLevel.Error);
        }
    }
}
