namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's console log.</summary>
/// <param name="LineNumber">Its number in what this reader got, from 1.</param>
/// <param name="Content">Time (ISO 8601, UTC), a space, and the text.</param>
/// <param name="IsErrorMessage">True for what came from stderr. Always false for a replica: it has one stream for both.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Says whether somebody watches a log.</summary>
/// <param name="Name">Whose log.</param>
/// <param name="AnySubscribers">True from the first watcher on, false after the last.</param>
public readonly record struct LogSubscriber(string Name, bool AnySubscribers);
