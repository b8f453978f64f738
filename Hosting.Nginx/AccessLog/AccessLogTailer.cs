using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>
/// Follows the access log: what is new goes to the dashboard, and its position moves on when the dashboard has taken it. While there is no
/// dashboard to take it the lines wait in the file; Nginx notices none of this.
/// </summary>
/// <param name="files">The log's files.</param>
/// <param name="settings">What is masked, what is slow, when a file is put aside.</param>
/// <param name="receiver">Takes what was read; null: nothing is read, and the file is only kept from growing.</param>
/// <param name="reopen">Tells Nginx to open its file anew.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle, which alone needs an end, is never asked for.")]
internal sealed partial class AccessLogTailer(
    AccessLogFiles files, AccessLogSettings settings, AccessLogReceiver? receiver, Action reopen, TimeProvider time, ILogger<AccessLogTailer> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private TimeSpan _backOff;
    private long _waitingSince;
    private bool _toldOfWaiting;
    private bool _toldOfPosition;

    /// <summary>Looks at once: Nginx has just ended, and written its last lines.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    /// <summary>Runs until it is told to stop. What was read by then and not taken is read again the next time.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        AccessLogRotation rotation = new(files, settings, reopen, time, logger);
        using AccessLogReader reader = new(files, AccessLogPosition.Load(files.PositionFile), settings.Settling, time, logger);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                rotation.Check();
                if (receiver is null || !await PassOnAsync(reader, receiver, stopping).ConfigureAwait(false))
                {
                    await _wake.WaitAsync(_backOff > Pause ? _backOff : Pause, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It was told to stop.
        }
    }

    /// <returns>False: there is nothing to do for now.</returns>
    private async Task<bool> PassOnAsync(AccessLogReader reader, AccessLogReceiver receiver, CancellationToken stopping)
    {
        if (!receiver.IsWaiting)
        {
            if (reader.Read() is not { } read)
            {
                return false;
            }

            receiver.Take(read.Lines.Span, read.End);
        }

        var result = await receiver.SendAsync(stopping).ConfigureAwait(false);
        if (result.Outcome == SendOutcome.Later)
        {
            Wait(result.Reason);
            return false;
        }

        Proceed(result);
        reader.Advance(receiver.End);
        Save(receiver.End);
        return true;
    }

    private void Wait(string reason)
    {
        if (_backOff == TimeSpan.Zero)
        {
            _waitingSince = time.GetTimestamp();
        }
        else if (!_toldOfWaiting && time.GetElapsedTime(_waitingSince) > WorthTelling)
        {
            _toldOfWaiting = true;
            LogWaiting(files.Live, reason);
        }

        _backOff = _backOff == TimeSpan.Zero ? Pause : _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
    }

    private void Proceed(SendResult result)
    {
        if (_toldOfWaiting)
        {
            LogGoesOn(files.Live, time.GetElapsedTime(_waitingSince).TotalSeconds);
        }

        if (result.Outcome == SendOutcome.Refused)
        {
            LogRefused(files.Live, result.Reason);
        }

        (_backOff, _toldOfWaiting) = (TimeSpan.Zero, false);
    }

    private void Save(AccessLogPosition position)
    {
        try
        {
            position.Save(files.PositionFile);
            _toldOfPosition = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_toldOfPosition)
            {
                _toldOfPosition = true;
                LogNotSaved(files.PositionFile, e.Message);
            }
        }
    }

    [LoggerMessage(6103, LogLevel.Warning, "Nginx's access log '{File}' waits: {Reason}. Nothing is lost as long as its files are kept.")]
    private partial void LogWaiting(string file, string reason);

    [LoggerMessage(6104, LogLevel.Information, "Nginx's access log '{File}' goes on to the dashboard again, after {Seconds:0} s.")]
    private partial void LogGoesOn(string file, double seconds);

    [LoggerMessage(6105, LogLevel.Error, "The dashboard refuses requests of Nginx's access log '{File}', which are passed over: {Reason}.")]
    private partial void LogRefused(string file, string reason);

    [LoggerMessage(6106, LogLevel.Warning, "How far Nginx's access log was read can't be written to '{File}': {Reason}. After a restart of the AppHost some requests may be told twice.")]
    private partial void LogNotSaved(string file, string reason);
}
