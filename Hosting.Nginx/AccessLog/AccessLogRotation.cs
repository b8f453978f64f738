using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Keeps the access log's file from growing without end, and there.</summary>
/// <param name="files">The files.</param>
/// <param name="settings">When a file is put aside.</param>
/// <param name="reopen">Tells Nginx to open its file anew; where it does not run there is nothing to tell.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class AccessLogRotation(AccessLogFiles files, AccessLogSettings settings, Action reopen, TimeProvider time, ILogger logger)
{
    private long _told;
    private long _previousSize = -1;
    private bool _hasFailed;

    public void Check()
    {
        try
        {
            if (FileCalls.Stat(files.Live) is not { } live)
            {
                files.Create();
                Tell();
            }
            else if (live.Size >= settings.RotateAt)
            {
                files.Rotate();
                Tell();
            }
            else if (live.Size == 0 && IsStillWrittenTo())
            {
                Tell();
            }

            _hasFailed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                LogFailed(files.Live, e.Message);
            }
        }
    }

    /// <summary>The signal got lost: Nginx was just starting, or its engine's client was.</summary>
    private bool IsStillWrittenTo()
    {
        var size = FileCalls.Stat(files.Previous)?.Size ?? -1;
        var grew = _previousSize >= 0 && size > _previousSize;
        _previousSize = size;
        return grew && time.GetElapsedTime(_told) > settings.Settling;
    }

    private void Tell()
    {
        _previousSize = -1;
        _told = time.GetTimestamp();
        reopen();
    }

    [LoggerMessage(6101, LogLevel.Warning, "Nginx's access log '{File}' can't be put aside, so it grows on: {Reason}. It is tried again.")]
    private partial void LogFailed(string file, string reason);
}
