namespace Stack.Dashboard.Storage;

/// <summary>A row with its id that is not committed yet.</summary>
/// <param name="Row"><see cref="LogRow"/>, <see cref="SpanRow"/> or <see cref="PointDraft"/>.</param>
internal readonly record struct PendingRow(long Id, ResourceInfo Resource, ScopeInfo Scope, object Row);
