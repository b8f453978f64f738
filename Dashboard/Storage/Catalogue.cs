using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>meta.db: which segments there are and what is in them, and the numbers of resources, scopes, templates and series.</summary>
internal sealed class Catalogue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteFile _file;
    private readonly DictionaryTables _dictionary;
    private readonly CatalogueStatements _statements;
    private readonly RollupTables _rollups;
    private readonly LogRollupTables _logRollups;
    private readonly ConcurrentDictionary<long, ResourceInfo> _resources = new();
    private readonly Dictionary<Type, long> _lastNumbers;
    private volatile SegmentList _segments;

    private Catalogue(SqliteFile file)
    {
        _file = file;
        _dictionary = new DictionaryTables(file);
        _statements = new CatalogueStatements(file);
        _rollups = new RollupTables(file);
        _logRollups = new LogRollupTables(file);
        _segments = new SegmentList(_statements.ReadSegments());
        foreach (var (entry, _) in DictionaryTables.ReadResources(file))
        {
            _resources[entry.Id] = entry.Info;
        }

        _lastNumbers = _dictionary.LastNumbers();
        Audit = new AuditTable(file, _gate);
        Cleared = new ClearedMarks(_statements.ReadCleared());
    }

    /// <summary>Oldest first; the last one is being written. A snapshot that belongs to one commit.</summary>
    public ImmutableArray<SegmentInfo> Segments => _segments.Items;

    /// <summary>What was commanded from the pages.</summary>
    public AuditTable Audit { get; }

    /// <summary>Which rows of which resources were cleared away: every query leaves them out.</summary>
    public ClearedMarks Cleared { get; private set; }

    public static Catalogue Open(string path)
    {
        var file = SqliteFile.OpenForWriting(path);
        try
        {
            if (file.ReadNumber("PRAGMA user_version") == 0)
            {
                file.Execute("BEGIN IMMEDIATE;" + Schema.Meta + "COMMIT;");
            }

            file.Execute(Schema.MetaAdditions);
            if (file.ReadNumber(Schema.HasMaxAhead) == 0)
            {
                file.Execute(Schema.AddMaxAhead);
            }

            file.Execute(Schema.Rollups);

            // Small changes, often: its -wal must not outgrow a small quota.
            file.Execute("PRAGMA wal_autocheckpoint=100");
            return new Catalogue(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public ResourceInfo? Resource(long id) => _resources.GetValueOrDefault(id);

    /// <summary>The number that a row has in every segment; a new one where it has none yet. The next <see cref="Commit"/> saves it.</summary>
    public long NumberOf<TEntry>(string hash)
        where TEntry : DictionaryEntry
    {
        lock (_gate)
        {
            return _dictionary.Find<TEntry>(hash) ?? ++_lastNumbers[typeof(TEntry)];
        }
    }

    /// <summary>Called right after a segment's commit: its figures, the numbered rows that it used for the first time, and what was counted.</summary>
    public void Commit(SegmentInfo segment, IReadOnlyList<DictionaryEntry> numbered, InstanceRollup? rollup = null, LogRollups? logs = null)
    {
        lock (_gate)
        {
            _file.InTransaction(() =>
            {
                foreach (var entry in numbered)
                {
                    _dictionary.Insert(entry);
                }

                _statements.Save(segment, _segments.Find(segment.File)?.Resources);
                if (rollup is not null)
                {
                    _rollups.Save(rollup);
                }

                if (logs is not null)
                {
                    _logRollups.Add(logs);
                }
            });

            foreach (var entry in numbered)
            {
                // Taken over from a segment: numbers that were given there must not be given again.
                _lastNumbers[entry.GetType()] = Math.Max(_lastNumbers[entry.GetType()], entry.Id);
            }

            foreach (var entry in numbered.OfType<ResourceEntry>())
            {
                _resources[entry.Id] = entry.Info;
            }

            _segments = _segments.With(segment);
        }
    }

    /// <summary>Changes what is known of one segment; nothing happens when it is gone.</summary>
    public void Update(string file, Func<SegmentInfo, SegmentInfo> change)
    {
        lock (_gate)
        {
            if (_segments.Find(file) is { } segment)
            {
                Commit(change(segment), []);
            }
        }
    }

    /// <summary>Forgets a segment, and the resources and series that no other segment has.</summary>
    public void Remove(string file)
    {
        lock (_gate)
        {
            try
            {
                _file.InTransaction(() => _statements.Remove(file));
            }
            catch (StoreException e) when (e.IsFull || e.IsBusy)
            {
                // The file is gone: that is what counts here, and at the next start for what is written down.
            }

            _segments = _segments.Without(file);
            foreach (var id in _resources.Keys)
            {
                if (!_segments.Items.Any(segment => segment.Resources.ContainsKey(id)))
                {
                    _resources.TryRemove(id, out _);
                }
            }
        }
    }

    /// <summary>The figures of instances, to go on with after those that are saved.</summary>
    public InstanceRollup OpenRollup(StorageOptions options)
    {
        lock (_gate)
        {
            var (series, senders) = _rollups.ReadProgress();
            return new InstanceRollup(options, series, senders);
        }
    }

    /// <summary>Deletes figures of instances, and counts of log records, that are older than they are kept.</summary>
    public void DeleteOldFigures(DateTimeOffset now, TimeSpan rollupAge)
    {
        lock (_gate)
        {
            _rollups.DeleteOld(now, rollupAge);
            _logRollups.DeleteBefore(now - rollupAge);
        }
    }

    /// <summary>An instance has as many as it had different attributes: one for each deploy.</summary>
    public IReadOnlyList<long> ResourcesOf(string service, string displayName) =>
        [.. _resources.Where(known => known.Value.Service == service && known.Value.DisplayName == displayName).Select(known => known.Key)];

    /// <summary>The rows of these resources up to an id are gone for every query, and so are their figures.</summary>
    public void Clear(IReadOnlyCollection<long> resources, long before)
    {
        lock (_gate)
        {
            _file.InTransaction(() =>
            {
                foreach (var resource in resources)
                {
                    _statements.Clear(resource, before);
                    _rollups.Clear(_resources[resource]);
                    _logRollups.Clear(resource);
                }
            });
            Cleared = Cleared.With(resources, before);
        }
    }

    /// <summary>No figures are kept of anything.</summary>
    public void ClearFigures()
    {
        lock (_gate)
        {
            _file.InTransaction(() =>
            {
                _statements.ForgetCleared();
                _rollups.Clear();
                _logRollups.DeleteFrom(0, 0);
            });
            Cleared = new ClearedMarks([]);
        }
    }

    /// <summary>Takes the counts of log records from a minute and from an hour on away, and notes that they are missing.</summary>
    public void BeginRecount(long minute, long hour, string note, string what)
    {
        lock (_gate)
        {
            _file.InTransaction(() =>
            {
                _logRollups.DeleteFrom(minute, hour);
                _statements.SaveSetting(note, what);
            });
        }
    }

    /// <summary>Adds them, counted anew. False: something was cleared away meanwhile, so they are wrong.</summary>
    public bool TryEndRecount(LogRollups counted, ClearedMarks cleared, string note, string done)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(cleared, Cleared))
            {
                return false;
            }

            _file.InTransaction(() =>
            {
                _logRollups.Add(counted);
                _statements.SaveSetting(note, "");
                _statements.SaveSetting(done, "1");
            });
            return true;
        }
    }

    public string? Setting(string name)
    {
        lock (_gate)
        {
            return _statements.ReadSetting(name);
        }
    }

    /// <summary>False at a full disk.</summary>
    public bool TrySetSetting(string name, string value)
    {
        lock (_gate)
        {
            try
            {
                _statements.SaveSetting(name, value);
                return true;
            }
            catch (StoreException e) when (e.IsFull || e.IsBusy)
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _dictionary.Dispose();
            _statements.Dispose();
            _rollups.Dispose();
            _logRollups.Dispose();
            _file.Dispose();
        }
    }
}
