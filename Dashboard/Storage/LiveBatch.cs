namespace Stack.Dashboard.Storage;

/// <summary>New rows for one viewer, oldest first.</summary>
/// <param name="Rows">At most 200 rows.</param>
/// <param name="Dropped">How many matching rows were dropped before these because the viewer was too slow.</param>
/// <param name="Gap">Rows are missing before these: dropped ones, or the ring did not reach back to where the viewer left off.</param>
internal sealed record LiveBatch(IReadOnlyList<LogRow> Rows, long Dropped, bool Gap);
