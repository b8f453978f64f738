using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Storage;

/// <summary>Owns the data folder while the dashboard runs: opens and repairs it, runs the writer's thread and the minute's maintenance, closes it in order.</summary>
internal sealed partial class TelemetryStore(
    StorageOptions options, LiveBus bus, QueueBudget budget, StoreStatus status, TimeProvider time, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<TelemetryStore>();
    private readonly WriteQueue _queue = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _maintenanceDue = new(0);
    private readonly TaskCompletionSource _writerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _counted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FolderLock? _lock;
    private Catalogue? _catalogue;
    private SegmentReaders? _readers;
    private Retention? _retention;
    private Task _maintenance = Task.CompletedTask;
    private SegmentWriter? _writer;
    private bool _running;

    public StorageOptions Options => options;

    public Catalogue Catalogue => _catalogue ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>meta.db, for readers of their own.</summary>
    public string CataloguePath => Path.Combine(options.Directory, "meta.db");

    public SegmentReaders Readers => _readers ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>Ends when the counts of log records are whole: after an unclean stop the last hour's are made anew while everything runs.</summary>
    public Task Counted => _counted.Task;

    /// <summary>The batch must have paid for its room (<see cref="QueueBudget.TryTake"/>); the writer gives it back.</summary>
    public void Add(TelemetryBatch batch) => _queue.Add(batch);

    /// <summary>Deletes everything that is stored; at a full disk too.</summary>
    public Task ClearAsync(CancellationToken ct) => AskAsync(writer => writer.ClearAll(), ct);

    /// <summary>Takes what one instance has sent out of all queries.</summary>
    public Task ClearAsync(TelemetryResource instance, CancellationToken ct) => AskAsync(writer => writer.Clear(instance.Service, instance.DisplayName), ct);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Open();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_running)
        {
            return;
        }

        _running = false;
        _queue.Close();
        await _stopping.CancelAsync();
        await _writerEnded.Task;
        await _maintenance;
        _retention?.CloseRolled();
        _catalogue?.TrySetSetting("clean", "1");
    }

    public void Dispose()
    {
        _readers?.Dispose();
        _catalogue?.Dispose();
        _lock?.Dispose();
        _stopping.Dispose();
        _maintenanceDue.Dispose();
    }

    private void Open()
    {
        MakeFolder();
        _lock = FolderLock.TryTake(options.Directory, out var holder) ?? throw new StartException(
            $"The data folder '{options.Directory}' is in use by {holder}. Stop that dashboard, or set 'Dashboard:Storage:Directory' to another folder.");
        MakeRoom();
        var recovery = new Recovery(options, status, loggers.CreateLogger<Recovery>());
        try
        {
            _catalogue = recovery.Run();
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder '{options.Directory}' cannot be opened: {e.Message}");
        }

        _readers = new SegmentReaders(options.Directory) { Cleared = () => _catalogue.Cleared };
        _retention = new Retention(options, _catalogue, _readers, time, loggers.CreateLogger<Retention>());
        var lastId = _catalogue.Segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
        var unclean = _catalogue.Segments.Length > 0 && _catalogue.Setting("clean") != "1";
        _catalogue.TrySetSetting("clean", "0");

        var segment = OpenActive();
        var writer = new SegmentWriter(
            segment, _catalogue, _queue, budget, new ArrivalClock(time, lastId), bus, _retention, status, time, loggers.CreateLogger<SegmentWriter>())
        {
            Rolled = () => _maintenanceDue.Release(),
        };
        _writer = writer;
        new Thread(() => RunWriter(writer)) { Name = "segment writer", IsBackground = true }.Start();
        _running = true;
        _maintenance = Task.Run(() => MaintainAsync(recovery.Counting, unclean ? segment.Info.File : null));
    }

    // At 0 bytes free not even -shm can be made. The newest segment stays: it is the one to go on with.
    private void MakeRoom()
    {
        var segments = Directory.EnumerateFiles(options.Directory, "seg-*.db").Order(StringComparer.Ordinal).SkipLast(1);
        foreach (var path in segments.TakeWhile(_ => Volume.FreeBytes(options.Directory) < Volume.Nothing))
        {
            SegmentPaths.Delete(path);
            LogMadeRoom(_logger, Path.GetFileName(path));
        }
    }

    private async Task AskAsync(Action<SegmentWriter> action, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = _queue.TryAsk(() =>
        {
            try
            {
                action(_writer!);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        await (isTaken ? done.Task.WaitAsync(ct) : Task.FromException(new InvalidOperationException("The store is closing.")));
    }

    private ActiveSegment OpenActive()
    {
        try
        {
            return new ActiveSegment(options, Catalogue, Readers, time);
        }
        catch (StoreException e)
        {
            throw new StartException($"No segment can be opened in the data folder '{options.Directory}': {e.Message}");
        }
    }

    private void MakeFolder()
    {
        try
        {
            OwnerOnly.MakeFolder(options.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder '{options.Directory}' ('Dashboard:Storage:Directory') cannot be used: {e.Message}");
        }
    }

    private void RunWriter(SegmentWriter writer)
    {
        try
        {
            writer.Run();
        }
        catch (Exception e)
        {
            LogWriterEnded(_logger, e);
        }
        finally
        {
            _writerEnded.SetResult();
        }
    }

    private async Task MaintainAsync(RollupRecovery? counting, string? suspect)
    {
        try
        {
            Count(counting);
            if (suspect is not null)
            {
                QuickCheck(suspect);
            }

            while (!_stopping.IsCancellationRequested)
            {
                Maintain();
                await WaitForWorkAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Count(RollupRecovery? counting)
    {
        try
        {
            counting?.Run(_stopping.Token);
        }
        catch (StoreException e)
        {
            // The next start counts them.
            LogCountingFailed(_logger, e);
        }

        _counted.TrySetResult();
    }

    private void Maintain()
    {
        try
        {
            _retention!.Run();
            Catalogue.DeleteOldFigures(time.GetUtcNow(), options.RollupAge);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            LogMaintenanceFailed(_logger, e);
        }
    }

    private async Task WaitForWorkAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var minute = Task.Delay(TimeSpan.FromMinutes(1), time, either.Token);
        var rolled = _maintenanceDue.WaitAsync(either.Token);
        await Task.WhenAny(minute, rolled);
        await either.CancelAsync();
        _stopping.Token.ThrowIfCancellationRequested();
    }

    // After a crash: SQLite has repaired the file by itself; this finds what a bad disk may have done, while everything runs.
    private void QuickCheck(string file)
    {
        try
        {
            using var segment = SqliteFile.OpenForReading(Path.Combine(options.Directory, file));
            using var stop = _stopping.Token.Register(segment.Interrupt);
            var verdict = segment.ReadText("PRAGMA quick_check(1)");
            if (verdict != "ok")
            {
                ReportDamage(file, verdict ?? "no verdict");
            }
        }
        catch (StoreException e) when (!e.IsInterrupted)
        {
            ReportDamage(file, e.Message);
        }
        catch (StoreException)
        {
            // Stopping.
        }
    }

    private void ReportDamage(string file, string verdict)
    {
        status.RecordDamaged(file, verdict);
        LogDamaged(_logger, file, verdict);
    }

    [LoggerMessage(7130, LogLevel.Warning, "Segment '{File}' was deleted: the disk is full, and without some room the store cannot be opened.")]
    private static partial void LogMadeRoom(ILogger logger, string file);

    [LoggerMessage(7131, LogLevel.Critical, "The store's writer ended; nothing is stored any more.")]
    private static partial void LogWriterEnded(ILogger logger, Exception e);

    [LoggerMessage(7132, LogLevel.Error, "The store's maintenance failed; it is tried again in a minute.")]
    private static partial void LogMaintenanceFailed(ILogger logger, Exception e);

    [LoggerMessage(7133, LogLevel.Error, "Segment '{File}' was damaged when the dashboard stopped uncleanly: {Verdict}. It goes with retention; what can be read of it is shown.")]
    private static partial void LogDamaged(ILogger logger, string file, string? verdict);

    [LoggerMessage(7134, LogLevel.Warning, "The log records of the last hour could not be counted anew; bars and templates of that time are too low until the next start, which does it.")]
    private static partial void LogCountingFailed(ILogger logger, Exception e);
}
