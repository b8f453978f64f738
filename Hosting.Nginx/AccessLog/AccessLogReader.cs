using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Reads whole lines of the access log from a position on, through all its files, never more than a batch ahead.</summary>
/// <param name="files">The log's files.</param>
/// <param name="from">Where to go on; null: at the beginning of the oldest file.</param>
/// <param name="settling">How long a file that was put aside has to be still until it is left.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class AccessLogReader(AccessLogFiles files, AccessLogPosition? from, TimeSpan settling, TimeProvider time, ILogger logger) : IDisposable
{
    private const int BatchBytes = 512 * 1024;

    private readonly byte[] _buffer = new byte[BatchBytes];
    private AccessLogPosition? _position = from;
    private bool _isFinished;
    private SafeFileHandle? _file;
    private bool _isLive;
    private long _size;
    private long _changed;
    private bool _hasFailed;

    /// <summary>The next lines, each with its line feed, and where they end; null when there are none yet. The memory is used again by the next call.</summary>
    public (ReadOnlyMemory<byte> Lines, AccessLogPosition End)? Read()
    {
        try
        {
            while (_file is not null || Open())
            {
                if (ReadFrom(_file!) is { } found)
                {
                    return found;
                }

                if (!IsLeft(_file!))
                {
                    return null;
                }

                Close();
                _isFinished = true;
            }

            _hasFailed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Close();
            if (!_hasFailed)
            {
                _hasFailed = true;
                LogUnreadable(files.Live, e.Message);
            }
        }

        return null;
    }

    /// <summary>What was read up to here is done with.</summary>
    public void Advance(AccessLogPosition position) => _position = position;

    public void Dispose() => Close();

    private (ReadOnlyMemory<byte> Lines, AccessLogPosition End)? ReadFrom(SafeFileHandle file)
    {
        var position = _position!.Value;
        var size = RandomAccess.GetLength(file);
        if (size != _size)
        {
            _size = size;
            _changed = time.GetTimestamp();
        }

        if (size < position.Offset)
        {
            _position = position = position with { Offset = 0 }; // emptied by hand
        }

        var length = RandomAccess.Read(file, _buffer, position.Offset);
        var end = _buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        if (end == 0 && length == _buffer.Length)
        {
            end = length; // no line is as long as this: it is passed over, as one that is not understood
        }

        return end == 0 ? null : (_buffer.AsMemory(0, end), position with { Offset = position.Offset + end });
    }

    /// <summary>Nobody writes to it any more: it has another name, or none, and has not grown for a while.</summary>
    private bool IsLeft(SafeFileHandle file)
    {
        var isLive = FileCalls.Stat(files.Live)?.Identity == FileCalls.Stat(file).Identity;
        if (isLive != _isLive)
        {
            _isLive = isLive;
            _changed = time.GetTimestamp();
        }

        return !isLive && time.GetElapsedTime(_changed) >= settling;
    }

    private bool Open()
    {
        if (Choose() is not { } chosen)
        {
            return false;
        }

        var file = File.OpenHandle(chosen.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (FileCalls.Stat(file).Identity != chosen.Identity)
        {
            file.Dispose(); // renamed in between: the next look finds it
            return false;
        }

        _file = file;
        _position = _position?.File == chosen.Identity ? _position : new AccessLogPosition(chosen.Identity, 0);
        (_isFinished, _isLive, _size, _changed) = (false, true, -1, time.GetTimestamp());
        return true;
    }

    /// <summary>The file of the position, or the one after it when it is finished. When it is gone: the first that was made after it.</summary>
    private (string Path, FileIdentity Identity)? Choose()
    {
        var all = files.OldestFirst().ToList();
        var current = all.FindIndex(file => file.Identity == _position?.File);
        var chosen = current >= 0
            ? current + (_isFinished ? 1 : 0)
            : all.FindIndex(file => _position is not { } position || file.Identity.Born > position.File.Born || file.Identity.Born == 0);
        return chosen >= 0 && chosen < all.Count ? all[chosen] : null;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    [LoggerMessage(6102, LogLevel.Warning, "Nginx's access log '{File}' can't be read: {Reason}. It is tried again.")]
    private partial void LogUnreadable(string file, string reason);
}
