using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>Keeps every line that is logged. As a factory it hands out itself.</summary>
public sealed class RecordingLogger : ILogger, ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];

    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var entry = new LogEntry(logLevel, eventId.Id, formatter(state, exception), exception);
        lock (_lock)
        {
            _entries.Add(entry);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("It records for itself only.");

    public void Dispose()
    {
        // Nothing is held.
    }
}

/// <summary>One logged line.</summary>
public sealed record LogEntry(LogLevel Level, int Id, string Message, Exception? Exception);
