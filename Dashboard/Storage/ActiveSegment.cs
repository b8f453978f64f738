using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>The segment that is being written, its figures and its numbering; replaced by the next one when it is full or old. Writer thread only.</summary>
internal sealed class ActiveSegment : IDisposable
{
    private readonly StorageOptions _options;
    private readonly Catalogue _catalogue;
    private readonly SegmentReaders _readers;
    private readonly TimeProvider _time;
    private readonly Numbering _numbering;
    private readonly InstanceRollup _rollup;
    private SegmentFile _file;
    private SegmentInfo _info;
    private SegmentInfo _committed;
    private SegmentFigures _figures;
    private DateTimeOffset _begun;
    private DateTimeOffset _nextRoll;
    private long _beyondCaps;

    // The file was deleted or put aside, and there was no room for the next one yet.
    private bool _isGone;

    // Counted in the transaction that is open, and what the catalogue was not told yet.
    private readonly LogRollups _counted = new();
    private readonly LogRollups _unsaved = new();

    public ActiveSegment(
        StorageOptions options, Catalogue catalogue, SegmentReaders readers, TimeProvider time, NumberingCaps? caps = null)
    {
        _options = options;
        _catalogue = catalogue;
        _readers = readers;
        _time = time;
        _numbering = new Numbering(catalogue, caps ?? new NumberingCaps());
        _rollup = catalogue.OpenRollup(options);
        _info = catalogue.Segments is [.., { IsSealed: false } last] && SegmentFile.IsCurrent(PathOf(last)) ? last : NewInfo();
        _committed = _info;
        _file = Use(_info);
        catalogue.Commit(_info, []);
    }

    /// <summary>What was committed last.</summary>
    public SegmentInfo Info => _committed;

    /// <summary>Points that were left out since the start because their series were too many.</summary>
    public long PointsBeyondCap => _numbering.PointsBeyondCap;

    public void Insert(in PendingRow pending)
    {
        if (_isGone)
        {
            BeginNew();
        }

        if (!_file.InTransaction)
        {
            _file.Begin();
        }

        switch (pending.Row)
        {
            case LogRow row:
                InsertLog(row, pending.Resource, pending.Scope);
                break;
            case SpanRow row:
                _file.Insert(pending.Id, row, _numbering.Resource(pending.Resource, Signal.Traces), _numbering.Scope(pending.Scope));
                Count(pending.Id, UnixTicks.Of(row.Start));
                _figures.Spans++;
                _rollup.Add(pending.Id, pending.Resource, row);
                break;
            case PointDraft draft:
                InsertPoint(pending.Id, draft);
                break;
        }
    }

    /// <summary>Answers how many rows were beyond a cap since the last commit.</summary>
    public long Commit()
    {
        if (_file.InTransaction)
        {
            _file.Commit();
        }

        _unsaved.Add(_counted);
        _counted.Clear();
        _info = _figures.ApplyTo(_info) with { Bytes = SegmentPaths.Bytes(_file.Path) };
        if (_numbering.ChangedSignals is { } changed)
        {
            _info = _info with { Resources = Merge(_info.Resources, changed) };
        }

        _rollup.Accept();

        // Not atomic over two files: after a crash in between, recovery counts the segment anew.
        _committed = _info;
        SaveToCatalogue();
        var beyond = _numbering.BeyondCaps + _rollup.BeyondCaps - _beyondCaps;
        _beyondCaps += beyond;
        return beyond;
    }

    /// <summary>Undoes what was inserted since the last commit.</summary>
    public void Undo()
    {
        _file.Rollback();
        _rollup.Undo();
        _info = _committed;
        _figures = new SegmentFigures(_info);
        _counted.Clear();
        _numbering.Restart(_file.Dictionary);
    }

    public bool IsDue(DateTimeOffset now) =>
        _info.Logs + _info.Spans + _info.Points > 0
        && now >= _nextRoll
        && (_info.Bytes >= _options.SegmentBytes || now - _begun >= _options.SegmentAge);

    /// <summary>
    /// Begins the next segment. Answers the old one, which the caller closes off this thread: closing moves all of -wal into the file.
    /// </summary>
    /// <exception cref="StoreException">The next one could not be made; the present one goes on, and is due again in a minute.</exception>
    public IDisposable Roll()
    {
        var next = NewInfo();
        SegmentFile file;
        try
        {
            file = SegmentFile.Open(PathOf(next), _options.SegmentPageLimit, _options.SegmentBytes);
        }
        catch (StoreException)
        {
            // A full disk leaves an empty file behind. The present segment goes on.
            SegmentPaths.Delete(PathOf(next));
            _nextRoll = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
            throw;
        }

        var old = _file;
        Switch(next, file);
        SaveToCatalogue();
        return old;
    }

    /// <summary>After a disk was full and has room again: -wal is what would fill it next.</summary>
    public void Checkpoint() => _file.Checkpoint();

    /// <summary>Everything in it goes, also at a full disk: the file is deleted and a new one begun.</summary>
    /// <param name="whenDeleted">What needs the room that this makes, before the new file takes it.</param>
    public void Discard(Action whenDeleted)
    {
        var old = _committed.File;
        Close();
        SegmentPaths.Delete(PathOf(_committed));
        whenDeleted();
        BeginNew();
        _catalogue.Remove(old);
    }

    /// <summary>The file is broken: it is renamed and a new one begun. Answers its new name.</summary>
    public string SetAside()
    {
        var broken = _committed.File;
        Close();
        var bad = SegmentPaths.SetAside(PathOf(_committed));
        BeginNew();
        _catalogue.Remove(broken);
        return Path.GetFileName(bad);
    }

    public bool IsVolumeFull() => Volume.FreeBytes(_options.Directory) < Volume.Nothing;

    public void Dispose() => _file.Dispose();

    private void Close()
    {
        _isGone = true;
        _file.Dispose();
        _readers.Forget(_committed.File);
    }

    private void BeginNew()
    {
        var next = NewInfo();
        Switch(next, SegmentFile.Open(PathOf(next), _options.SegmentPageLimit, _options.SegmentBytes));
        SaveToCatalogue();
    }

    private void SaveToCatalogue()
    {
        try
        {
            _catalogue.Commit(_info, _numbering.Unsaved, _rollup, _unsaved);
            _numbering.Saved();
            _rollup.Saved();
            _unsaved.Clear();
        }
        catch (StoreException e) when (e.IsFull || e.IsBusy)
        {
            // The rows are safe in the segment: queries see them, and the catalogue learns of them, with the next commit that succeeds.
        }
    }

    private static ImmutableDictionary<long, Signal> Merge(ImmutableDictionary<long, Signal> known, IEnumerable<KeyValuePair<long, Signal>> changed)
    {
        foreach (var (resource, signals) in changed)
        {
            known = known.SetItem(resource, known.GetValueOrDefault(resource) | signals);
        }

        return known;
    }

    private void InsertLog(LogRow row, ResourceInfo sender, ScopeInfo scope)
    {
        var resource = _numbering.Resource(sender, Signal.Logs);
        var template = _numbering.Template(row.Template);
        var ts = UnixTicks.Of(row.Time);
        _file.Insert(row, resource, _numbering.Scope(scope), template);
        Count(row.Id, ts);
        _figures.Logs++;
        _counted.Count(row.Id, ts, resource, row.Severity, template ?? 0);
    }

    private void InsertPoint(long id, PointDraft draft)
    {
        if (_numbering.Series(draft.Resource, draft.Series) is not { } series)
        {
            return;
        }

        _rollup.Add(id, draft);
        if (series.IsNew && draft.Description.Length > 0)
        {
            _file.InsertDescription(draft.Series, draft.Description);
        }

        if (series.IsWorthWriting(draft.Row, out var isNewRun))
        {
            _file.Insert(draft.Row, series.Id);
            if (isNewRun)
            {
                _file.InsertRun(series.Id, draft.Row.Time, draft.Row.Start!.Value);
            }

            Count(id, UnixTicks.Of(draft.Row.Time));
            _figures.Points++;
        }
    }

    private void Count(long id, long ts)
    {
        _figures.MinId = _figures.MinId == 0 ? id : _figures.MinId;
        _figures.MaxId = id;
        _figures.MinTs = Math.Min(_figures.MinTs, ts);
        _figures.MaxTs = Math.Max(_figures.MaxTs, ts);
        _figures.MaxDelay = Math.Max(_figures.MaxDelay, id - ts);
        _figures.MaxAhead = _figures.MaxAhead is { } ahead ? Math.Max(ahead, ts - id) : null;
    }

    private void Switch(SegmentInfo info, SegmentFile file)
    {
        _file = file;
        _isGone = false;
        _info = _committed = info;
        _figures = new SegmentFigures(info);
        _begun = SegmentInfo.TryParseName(info.File, out var begun, out _) ? begun : _time.GetUtcNow();
        _nextRoll = default;
        _numbering.Restart(file.Dictionary);
    }

    private SegmentFile Use(SegmentInfo info)
    {
        var file = SegmentFile.Open(PathOf(info), _options.SegmentPageLimit, _options.SegmentBytes);
        Switch(info, file);
        return file;
    }

    private SegmentInfo NewInfo()
    {
        var last = 0;
        foreach (var segment in _catalogue.Segments)
        {
            if (SegmentInfo.TryParseName(segment.File, out _, out var number))
            {
                last = Math.Max(last, number);
            }
        }

        return new SegmentInfo { File = SegmentInfo.NameOf(_time.GetUtcNow(), last + 1) };
    }

    private string PathOf(SegmentInfo info) => Path.Combine(_options.Directory, info.File);
}
