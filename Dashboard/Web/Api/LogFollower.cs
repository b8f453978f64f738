using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Api;

/// <summary>Streams matching rows, one OTLP JSON object a line: first what there is, then what comes, each row once.</summary>
internal sealed class LogFollower(LogQueries queries, LiveBus bus, IHostApplicationLifetime lifetime)
{
    private const int PageRows = 1000;

    public Task RunAsync(LogFilter filter, Stream body, CancellationToken aborted) =>
        NdjsonLines.FollowAsync(body, ct => FollowAsync(filter, body, ct), lifetime.ApplicationStopping, aborted);

    private async Task FollowAsync(LogFilter filter, Stream body, CancellationToken ct)
    {
        var last = filter.AfterId ?? 0;
        var live = filter with { AfterId = null };
        while (!ct.IsCancellationRequested)
        {
            last = await WriteStoredAsync(live, last, body, ct);
            await foreach (var batch in bus.SubscribeAsync(live, last, ct))
            {
                // The ring does not reach back to where the files ended: read those again.
                if (batch is { Gap: true, Dropped: 0 })
                {
                    break;
                }

                last = await WriteAsync(batch.Rows, last, body, ct);
            }
        }
    }

    private async Task<long> WriteStoredAsync(LogFilter filter, long last, Stream body, CancellationToken ct)
    {
        LogPage page;
        do
        {
            page = await queries.FindAsync(filter with { AfterId = last, Limit = PageRows, CountUpTo = 0 }, ct);
            last = await WriteAsync(page.Rows, last, body, ct);
        }
        // A page ends early when it is very large.
        while (page.HasNewer || page is { IsPartial: true, Rows.Count: > 0 });

        return Math.Max(last, page.UpToId);
    }

    private static async Task<long> WriteAsync(IReadOnlyList<LogRow> rows, long last, Stream body, CancellationToken ct)
    {
        await NdjsonLines.WriteAsync(body, rows, static (json, row) => OtlpJsonWriter.WriteResourceLogs(json, [row]), ct);
        return rows is [.., var newest] ? newest.Id : last;
    }
}
