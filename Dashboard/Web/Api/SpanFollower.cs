using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Api;

/// <summary>Streams matching spans, one OTLP JSON object a line: first what there is, then what is committed, each once. It reads the store at the follower's pace, so that nothing is dropped.</summary>
internal sealed class SpanFollower(SpanQueries queries, StoreStatus status, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int PageSpans = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public Task RunAsync(SpanFilter filter, Stream body, CancellationToken aborted) =>
        NdjsonLines.FollowAsync(body, ct => FollowAsync(filter, body, ct), lifetime.ApplicationStopping, aborted);

    private async Task FollowAsync(SpanFilter filter, Stream body, CancellationToken ct)
    {
        var last = filter.AfterId ?? 0;
        while (true)
        {
            var committed = status.Committed;
            SpanPage page;
            do
            {
                page = await queries.FindAsync(filter with { AfterId = last, Limit = PageSpans, CountUpTo = 0 }, ct);
                await NdjsonLines.WriteAsync(body, page.Spans, static (json, span) => OtlpJsonWriter.WriteResourceSpans(json, [span]), ct);
                last = page.Spans is [.., var newest] ? newest.Id : last;
            }
            while (page.HasNewer);

            last = Math.Max(last, page.UpToId);
            while (status.Committed == committed)
            {
                await Task.Delay(Pause, time, ct);
            }
        }
    }
}
