using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Observation;

/// <summary>
/// Looks after the files of all console logs each two seconds: rotates those that have grown, and gives up the oldest bytes where all together, or the disk, have no more room. A log that does not grow
/// costs one system call.
/// </summary>
internal sealed partial class LogRotation(string folder, LogSettings settings, TimeProvider time, ILogger<LogRotation> logger)
{
    /// <summary>What stays of every active file, so that the last words are always there.</summary>
    public const int LeastKept = 64 * 1024;

    // A block of nearly every file system: less can't be cut off.
    private const int LeastLimit = 4096;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LogFile, LogLimits> _logs = [];
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);
    private HeadCut? _cutter;
    private long _dropped;

    /// <summary>Bytes of the free part of the disk; of the folder's file system when not set.</summary>
    internal Func<long> FreeBytes { get; init; } = () => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Finds out how heads are cut off; on the folder's file system when not set.</summary>
    internal Func<HeadCut> Probe { get; init; } = () => HeadCut.Probe(folder);

    /// <summary>From now on the log is looked after.</summary>
    public void Watch(string path, LogLimits limits)
    {
        lock (_lock)
        {
            _logs[LogFile.At(path)] = limits;
        }
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            WatchLeftOver();
            do
            {
                Look();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The stack has stopped.
        }

        foreach (var (log, _) in Watched())
        {
            log.SaveEnd();
        }
    }

    /// <summary>Looks at every log once. What fails is told, and tried again the next time.</summary>
    public void Look()
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var logs = Watched();
        foreach (var (log, limits) in logs)
        {
            Try(log.Path, () => Tend(log, limits));
        }

        Try(folder, () => KeepWithin(logs.ConvertAll(l => l.Log)));
    }

    private void Tend(LogFile log, LogLimits limits)
    {
        log.Mend();
        var now = log.Look();
        var maxBytes = Math.Max(limits.MaxBytes, LeastLimit);
        if (limits.MaxBytes == 0 || now.Live <= maxBytes)
        {
            return;
        }

        // More than all archives together would hold: the oldest of it would only be copied to be dropped.
        var excess = now.Live - (maxBytes * (limits.Backups + 1));
        if (excess > 0 && (Cutter.Way != HeadCutWay.Truncate || limits.Backups == 0))
        {
            Drop(log.DropHead(excess, Cutter));
        }

        for (var i = 0; i < limits.Backups && log.Look().Live > maxBytes; i++)
        {
            Rotate(log, limits);
        }
    }

    private void Rotate(LogFile log, LogLimits limits)
    {
        // The copy needs room of its own.
        var needed = settings.MinFreeBytes + limits.MaxBytes - FreeBytes();
        if (needed > 0 && GiveUpArchives(Watched().ConvertAll(l => l.Log), needed) > 0)
        {
            Drop(log.DropHead(limits.MaxBytes, Cutter));
            return;
        }

        var lost = log.Rotate(limits.MaxBytes, limits.Backups, Cutter, time.GetUtcNow());
        LogRotated(Name(log));
        if (lost > 0)
        {
            LogLost(Name(log), lost);
        }
    }

    /// <summary>The oldest archives go first, then the heads of the active files, the largest first.</summary>
    private void KeepWithin(List<LogFile> logs)
    {
        var total = logs.Sum(l => l.LastSeen is var seen ? seen.Live + seen.Archives.Sum(a => a.Length) : 0);
        var excess = Math.Max(total - settings.TotalBytes, settings.MinFreeBytes - FreeBytes());
        if (excess > 0)
        {
            excess = GiveUpArchives(logs, excess);
            foreach (var log in logs.OrderByDescending(l => l.LastSeen.Live))
            {
                if (excess > 0 && log.Look().Live > LeastKept)
                {
                    excess -= Drop(log.DropHead(Math.Min(excess, log.Look().Live - LeastKept), Cutter));
                }
            }
        }

        if (_dropped > 0 && IsToSay("dropped"))
        {
            LogDropped(_dropped);
            _dropped = 0;
        }
    }

    /// <summary>Returns what is still too much.</summary>
    private long GiveUpArchives(List<LogFile> logs, long excess)
    {
        while (excess > 0 && logs.Where(l => l.LastSeen.Archives.Count > 0).MinBy(l => l.LastSeen.Archives[0].Made) is { } log)
        {
            excess -= Drop(log.DropOldest());
        }

        return excess;
    }

    private long Drop(long bytes)
    {
        _dropped += bytes;
        return bytes;
    }

    private HeadCut Cutter
    {
        get
        {
            if (_cutter is null)
            {
                _cutter = Probe();
                if (_cutter.Way == HeadCutWay.Truncate)
                {
                    LogTruncates(folder);
                }
            }

            return _cutter;
        }
    }

    // Those of replicas that are no longer in the model count too.
    private void WatchLeftOver() => Try(folder, () =>
    {
        foreach (var path in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories) : [])
        {
            lock (_lock)
            {
                _logs.TryAdd(LogFile.At(path), new LogLimits(0, 0));
            }
        }
    });

    private List<(LogFile Log, LogLimits Limits)> Watched()
    {
        lock (_lock)
        {
            return [.. _logs.Select(l => (l.Key, l.Value))];
        }
    }

    private void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (IsToSay(what))
            {
                LogFailed(what, e.Message);
            }
        }
    }

    private bool IsToSay(string what)
    {
        if (_said.TryGetValue(what, out var last) && time.GetElapsedTime(last) < SayAgain)
        {
            return false;
        }

        _said[what] = time.GetTimestamp();
        return true;
    }

    private static string Name(LogFile log) => Path.GetFileNameWithoutExtension(log.Path);

    [LoggerMessage(4201, LogLevel.Debug, "The console log of {Instance} was rotated.")]
    private partial void LogRotated(string instance);

    [LoggerMessage(4202, LogLevel.Warning, "The console log of {Instance} was rotated and has lost {Bytes} bytes by that, written between the copy and the cut.")]
    private partial void LogLost(string instance, long bytes);

    [LoggerMessage(4203, LogLevel.Warning, "The file system of '{Folder}' has no way to cut off the head of a file. Console logs are copied and emptied when they are rotated; lines that are written in that moment are lost.")]
    private partial void LogTruncates(string folder);

    [LoggerMessage(4204, LogLevel.Warning, "{Bytes} bytes of the oldest console logs were dropped to keep Stack:Logs:TotalBytes and Stack:Logs:MinFreeBytes, or because a log grew faster than it is rotated.")]
    private partial void LogDropped(long bytes);

    [LoggerMessage(4205, LogLevel.Warning, "'{What}' could not be looked after: {Reason} It is tried again each 2 seconds.")]
    private partial void LogFailed(string what, string reason);
}
