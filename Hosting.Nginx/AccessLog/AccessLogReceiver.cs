using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Takes lines, makes spans, log records and metrics of them, and holds them until the dashboard has taken them.</summary>
internal sealed partial class AccessLogReceiver(RequestBatch batch, ProxyMeter meter, OtlpSender sender, ILogger<AccessLogReceiver> logger)
{
    private readonly AccessLineParser _parser = new();
    private bool _hasSentSpans;

    /// <summary>There is something that the dashboard has not taken yet.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Where in the log the lines end that it has taken.</summary>
    public AccessLogPosition End { get; private set; }

    /// <summary>Lines that were not understood, since the start.</summary>
    public long BadLines { get; private set; }

    public void Take(ReadOnlySpan<byte> lines, AccessLogPosition end)
    {
        batch.Clear();
        var bad = 0;
        foreach (var range in lines.Split((byte)'\n'))
        {
            if (lines[range] is not { IsEmpty: false } text)
            {
                continue;
            }

            if (_parser.Parse(text) is { } line)
            {
                batch.Add(line);
                meter.Add(line);
            }
            else
            {
                bad++;
            }
        }

        (End, IsWaiting, _hasSentSpans) = (end, true, false);
        if (bad > 0)
        {
            BadLines += bad;
            LogBad(bad, BadLines);
        }
    }

    /// <summary>Sends what is waiting; what was accepted once is not sent again.</summary>
    public async Task<SendResult> SendAsync(CancellationToken cancellationToken)
    {
        var spans = _hasSentSpans ? default : await sender.SendAsync("v1/traces", batch.Spans, cancellationToken).ConfigureAwait(false);
        if (spans.Outcome == SendOutcome.Later)
        {
            return spans;
        }

        _hasSentSpans = true;
        var logs = await sender.SendAsync("v1/logs", batch.Logs, cancellationToken).ConfigureAwait(false);
        IsWaiting = logs.Outcome == SendOutcome.Later;
        return spans.Outcome == SendOutcome.Refused && !IsWaiting ? spans : logs;
    }

    [LoggerMessage(6107, LogLevel.Warning, "{Count} lines of Nginx's access log were not understood and are passed over ({Total} since the start).")]
    private partial void LogBad(int count, long total);
}
