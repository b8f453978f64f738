namespace Stack.Dashboard.Storage;

/// <summary>
/// The only writer: takes batches, gives ids, feeds the live rows, inserts, and commits: senders wait for it.
/// Runs on a thread of its own until the queue is closed and drained.
/// </summary>
internal sealed partial class SegmentWriter(
    ActiveSegment segment, Catalogue catalogue, WriteQueue queue, QueueBudget budget, ArrivalClock clock, LiveBus bus, Retention retention,
    StoreStatus status, TimeProvider time, ILogger<SegmentWriter> logger)
{
    public const int CommitRecords = 8192;
    private const int EnoughToCommit = 256;
    private static readonly TimeSpan LatestCommit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(1);

    // What is not committed yet stays here: a full disk undoes the transaction, and the rows are then inserted again.
    private readonly List<PendingRow> _pending = [];
    private readonly List<TelemetryBatch> _accepted = [];
    private int _inserted;
    private long _firstPendingAt;
    private long _committedAt;
    private TimeSpan _pause;
    private bool _wasFull;

    /// <summary>Called when a segment is to be sealed, and then old ones may have to go.</summary>
    public Action? Rolled { get; set; }

    public void Run()
    {
        try
        {
            bool ended;
            do
            {
                var work = queue.Take(WaitTime(), out ended);
                Guard(() => Step(work, ended));
            }
            while (!ended);
        }
        finally
        {
            segment.Dispose();
        }
    }

    /// <summary>Everything that is stored goes, at a full disk too. By <see cref="WriteQueue.TryAsk"/> only.</summary>
    public void ClearAll()
    {
        segment.Undo();
        ClearPending();
        retention.DeleteAll();
        segment.Discard(catalogue.ClearFigures);
        bus.Clear(_ => true);
        budget.IsClosed = false;
        status.RecordRoom();
    }

    /// <summary>
    /// What one instance has sent goes from all queries; its space comes back with retention. A new segment is begun, so that the files up to here
    /// have nothing of it any more. By <see cref="WriteQueue.TryAsk"/> only.
    /// </summary>
    public void Clear(string service, string displayName)
    {
        if (status.NotStoringSince is null && segment.Info.MaxId > 0)
        {
            RollOver();
        }

        var resources = catalogue.ResourcesOf(service, displayName);
        if (resources.Count > 0)
        {
            catalogue.Clear(resources, clock.Last);
        }

        bus.Clear(row => row.Service == service && row.DisplayName == displayName);
    }

    private void Step(QueuedWork work, bool ended)
    {
        if (work.Batch is not null)
        {
            Accept(work.Batch);
        }

        if (_pending.Count > 0 && (ended || work.Action is not null || (queue.IsEmpty ? CommitWait() : LatestWait()) == TimeSpan.Zero))
        {
            Flush(commit: true);
        }

        work.Action?.Invoke();

        // Also when nothing arrives: what is old has to go, and a segment that is being written cannot.
        if (_pending.Count == 0 && segment.IsDue(time.GetUtcNow()) && status.NotStoringSince is null)
        {
            RollOver();
        }
    }

    private void RollOver()
    {
        while (true)
        {
            try
            {
                retention.Take(segment.Roll());
                Rolled?.Invoke();
                return;
            }
            catch (StoreException e)
            {
                // A full disk has no room for the first pages of a new file. Else the present one goes on.
                if (!IsFull(e) || !retention.DeleteOldest())
                {
                    return;
                }
            }
        }
    }

    private bool IsFull(StoreException e) => e.IsFull || segment.IsVolumeFull();

    private void Accept(TelemetryBatch batch)
    {
        if (_pending.Count == 0)
        {
            _firstPendingAt = time.GetTimestamp();
        }

        foreach (var draft in batch.Logs)
        {
            var row = draft.Row with { Id = clock.Next() };
            bus.Publish(row);
            Add(new PendingRow(row.Id, draft.Resource, draft.Scope, row));
        }

        foreach (var draft in batch.Spans)
        {
            Add(new PendingRow(clock.Next(), draft.Resource, draft.Scope, draft.Row));
        }

        foreach (var draft in batch.Points)
        {
            Add(new PendingRow(clock.Next(), draft.Resource, draft.Series.Scope, draft));
        }

        // The room is given back once the whole batch is safe.
        _accepted.Add(batch);
        if (_pending.Count > 0)
        {
            Flush(commit: false);
        }
        else
        {
            GiveRoom();
        }
    }

    private void Add(PendingRow row)
    {
        _pending.Add(row);
        if (_pending.Count >= CommitRecords)
        {
            Flush(commit: true);
            _firstPendingAt = time.GetTimestamp();
        }
    }

    private void Flush(bool commit)
    {
        while (true)
        {
            try
            {
                Insert();
                if (commit)
                {
                    Commit();
                }

                return;
            }
            catch (StoreException e)
            {
                _inserted = 0;
                segment.Undo();
                if (!Rescue(e))
                {
                    return;
                }
            }
        }
    }

    private void Insert()
    {
        for (; _inserted < _pending.Count; _inserted++)
        {
            segment.Insert(_pending[_inserted]);
        }
    }

    private void Commit()
    {
        var started = time.GetTimestamp();
        var beyondCaps = segment.Commit();
        var took = time.GetElapsedTime(started);
        status.RecordCommit(_pending.Count, took);

        // Senders wait for it, so it comes as soon as nothing more is there to go with it; but the more records in one, the less each costs:
        // a third of the time at most goes into committing.
        _committedAt = time.GetTimestamp();
        _pause = took * 2;
        status.RecordBeyondCaps(beyondCaps);
        status.Rates.Add(
            _pending.LongCount(row => row.Row is LogRow), _pending.LongCount(row => row.Row is SpanRow), _pending.LongCount(row => row.Row is PointDraft), time.GetUtcNow());
        status.PointsBeyondCap = segment.PointsBeyondCap;
        budget.IsClosed = false;
        ClearPending();
        if (_wasFull)
        {
            // Last, because it fails while the disk is full.
            segment.Checkpoint();
            _wasFull = false;
        }
    }

    /// <summary>Makes another try possible; false = not now, or these rows are lost.</summary>
    private bool Rescue(StoreException e)
    {
        if (e.IsBusy)
        {
            // Somebody else writes to the file (a back-up): the rows wait, and senders are refused once the queue is full.
            return false;
        }

        if (e.IsAboutRows)
        {
            throw e;
        }

        if (IsFull(e))
        {
            _wasFull = true;
            budget.IsClosed = true;
            if (retention.DeleteOldest())
            {
                return true;
            }

            if (status.NotStoringSince is null)
            {
                LogFull(e.Message);
            }

            GiveUp();
            return false;
        }

        try
        {
            var bad = segment.SetAside();
            status.RecordBadFile(bad);
            LogBad(bad, e.Message);
            return true;
        }
        catch (Exception second) when (second is StoreException or IOException)
        {
            LogFull(second.Message);
            GiveUp();
            return false;
        }
    }

    private void GiveUp()
    {
        status.RecordLoss(_pending.Count, time.GetUtcNow());
        // Live pages go on: what arrives is shown, and each commit tries again.
        budget.IsClosed = false;
        ClearPending();
    }

    private void ClearPending()
    {
        _pending.Clear();
        _inserted = 0;
        GiveRoom();
    }

    private void GiveRoom()
    {
        foreach (var batch in _accepted)
        {
            budget.Give(batch.Count, batch.Bytes);
            batch.Settle();
        }

        _accepted.Clear();
    }

    private TimeSpan WaitTime() => _pending.Count == 0 ? IdleWait : CommitWait();

    private TimeSpan CommitWait()
    {
        if (budget.Underway == 0 && _pending.Count >= EnoughToCommit)
        {
            // Nobody is on the way who could still join.
            return TimeSpan.Zero;
        }

        var rest = _pause - time.GetElapsedTime(_committedAt);
        var latest = LatestWait();
        return rest < latest ? NotNegative(rest) : latest;
    }

    private TimeSpan LatestWait() => NotNegative(LatestCommit - time.GetElapsedTime(_firstPendingAt));

    private static TimeSpan NotNegative(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            // The top of the writer's loop: one bad batch must not end it.
            LogFailed(e);
            segment.Undo();
            GiveUp();
        }
    }

    [LoggerMessage(7111, LogLevel.Error, "Telemetry cannot be stored any more and there is no older segment to delete: {Reason}. "
        + "Live pages go on; free space on the volume, or set Dashboard:Storage:Directory to another one.")]
    private partial void LogFull(string reason);

    [LoggerMessage(7112, LogLevel.Error, "The segment that was being written is broken and was put aside as '{File}'; a new one was begun. Cause: {Reason}")]
    private partial void LogBad(string file, string reason);

    [LoggerMessage(7113, LogLevel.Error, "A batch of telemetry could not be stored.")]
    private partial void LogFailed(Exception e);
}
