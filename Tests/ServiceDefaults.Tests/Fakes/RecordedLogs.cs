using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Tests.Fakes;

internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Message, IReadOnlyDictionary<string, object?> Values);

/// <summary>A logger provider that keeps every record.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly SemaphoreSlim _added = new(0);

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    /// <summary>Waits until the category has so many records: a request's summary is written after its answer was sent.</summary>
    public async Task<IReadOnlyList<LogLine>> WaitForAsync(string category, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (Of(category).Count < count)
        {
            try
            {
                await _added.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException timeout)
            {
                throw new TimeoutException($"'{category}' has {Of(category).Count} of {count} records after 20 s.", timeout);
            }
        }

        return Of(category);
    }

    public IReadOnlyList<LogLine> Of(string category) => [.. _lines.Where(line => line.Category == category)];

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, this);

    public void Dispose()
    {
        // Kept usable: a test looks at the records of a site that has stopped.
    }

    private sealed class Recorder(string category, RecordedLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(pair => pair.Key, pair => pair.Value);
            logs._lines.Enqueue(new(category, logLevel, eventId.Id, formatter(state, exception), values));
            logs._added.Release();
        }
    }
}
