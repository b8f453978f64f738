namespace Stack.Dashboard.Ingest.Import;

/// <summary>A zip cannot be imported; the message says why, for whoever sent it.</summary>
internal sealed class ImportException(string message) : Exception(message);
