using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>
/// How many log records there are: by time and level, and by template. Counts come from meta.db where it has them (resource, level, template); else the rows are read,
/// for a moment.
/// </summary>
internal sealed class LogFigures(TelemetryStore store, LiveRing ring, ReadThreads threads, TimeProvider time)
{
    /// <summary>Templates that are told apart at most.</summary>
    public const int MaxTemplates = 5000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Records per equal part of the filter's range, which must have both ends.</summary>
    public Task<LogHistogram> HistogramAsync(LogFilter filter, int parts, TimeSpan patience, CancellationToken ct)
    {
        var counts = new HistogramCounts(filter, parts);
        return RunAsync(filter, counts.IsCoarse, counts, patience, counts.ToHistogram, ct);
    }

    /// <summary>What the same template said, the most frequent first.</summary>
    public Task<TemplateList> TemplatesAsync(LogFilter filter, TimeSpan patience, CancellationToken ct)
    {
        var counts = new TemplateCounts(filter);
        return RunAsync(filter, filter is { From: null, To: null }, counts, patience, counts.ToList, ct);
    }

    private async Task<T> RunAsync<T>(
        LogFilter filter, bool isCoarse, LogCounts counts, TimeSpan patience, Func<bool, T> result, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(patience < Deadline ? patience : Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var answer = await threads.RunAsync(
            () =>
            {
                var access = new SegmentAccess(store.Readers, stop.Token);
                if (filter.Search.Problem is null)
                {
                    if (isCoarse && counts.CanUseRollups)
                    {
                        access.IsPartial = !store.Counted.IsCompleted;
                        ReadRollups(counts, access);
                    }
                    else
                    {
                        Scan(filter, counts, access);
                    }
                }

                return result(access.IsPartial);
            },
            ct);
        ct.ThrowIfCancellationRequested();
        return answer;
    }

    // In one transaction: the counts, and the last row that is in them. What came later is in the ring.
    private void ReadRollups(LogCounts counts, SegmentAccess access) => access.Read("meta.db", meta =>
    {
        using (var begin = meta.Prepare("BEGIN"))
        {
            begin.Run();
        }

        try
        {
            using var last = meta.Prepare("SELECT max(max_id) FROM segments");
            var committed = last.Step() ? last.Number(0) : 0;
            last.Reset();
            counts.ReadRollups(meta);
            counts.AddLive(ring.After(committed).Rows);
        }
        finally
        {
            using var end = meta.Prepare("COMMIT");
            end.Run();
        }
    });

    private void Scan(LogFilter filter, LogCounts counts, SegmentAccess access)
    {
        var segments = store.Catalogue.Segments;
        var committed = segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
        counts.AddLive(ring.After(committed).Rows);
        foreach (var segment in segments.Reverse().Where(segment => segment.Logs > 0 && segment.MayHold(filter.From, filter.To)))
        {
            access.Read(segment.File, reader =>
            {
                if (LogConditions.Of(filter, reader, committed, segment) is { } conditions)
                {
                    counts.ReadRows(reader, conditions);
                }
            });
        }
    }
}
