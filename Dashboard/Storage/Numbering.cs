namespace Stack.Dashboard.Storage;

/// <summary>
/// Turns resources, scopes, templates and series into numbers and writes each into the present segment once.
/// Bounded: senders with ever new names end up under "other" or without template, and are counted.
/// </summary>
internal sealed class Numbering(Catalogue catalogue, NumberingCaps caps)
{
    private readonly Dictionary<string, ResourceSlot> _resources = [];
    private readonly Dictionary<ScopeInfo, long> _scopes = [];
    private readonly Dictionary<string, long> _templates = [];
    private readonly Dictionary<(long Resource, SeriesInfo Series), SeriesSlot> _series = [];
    private readonly List<DictionaryEntry> _unsaved = [];
    private DictionaryTables? _segment;

    // Rows of a batch have one sender, and mostly one scope and one template.
    private (ResourceInfo? Info, ResourceSlot? Slot) _lastResource;
    private (ScopeInfo Scope, long Id) _lastScope;
    private (string? Text, long Id) _lastTemplate;
    private bool _signalsChanged;

    /// <summary>Rows whose sender, template or series was beyond a cap.</summary>
    public long BeyondCaps { get; private set; }

    /// <summary>Those of them that are points. Values of different series cannot be put together under "other": they are left out.</summary>
    public long PointsBeyondCap { get; private set; }

    /// <summary>What the catalogue must be told with the next commit.</summary>
    public IReadOnlyList<DictionaryEntry> Unsaved => _unsaved;

    public IEnumerable<KeyValuePair<long, Signal>>? ChangedSignals =>
        _signalsChanged ? _resources.Values.Select(slot => KeyValuePair.Create(slot.Id, slot.Signals)) : null;

    /// <summary>Begins anew: with another segment, or because a transaction was undone together with what was numbered in it.</summary>
    public void Restart(DictionaryTables segment)
    {
        _segment = segment;
        _resources.Clear();
        _scopes.Clear();
        _templates.Clear();
        _series.Clear();
        (_lastResource, _lastScope, _lastTemplate) = (default, default, default);
        Saved();
    }

    public void Saved()
    {
        _unsaved.Clear();
        _signalsChanged = false;
    }

    public long Resource(ResourceInfo info, Signal signal)
    {
        var slot = ResourceSlotOf(info);
        if ((slot.Signals & signal) == Signal.None)
        {
            slot.Signals |= signal;
            _segment!.AddSignals(slot.Id, signal);
            _signalsChanged = true;
        }

        return slot.Id;
    }

    public long Scope(ScopeInfo scope)
    {
        if (_lastScope.Id != 0 && _lastScope.Scope == scope)
        {
            return _lastScope.Id;
        }

        if (_scopes.TryGetValue(scope, out var known))
        {
            _lastScope = (scope, known);
            return known;
        }

        if (_scopes.Count >= caps.Scopes && scope != ScopeInfo.Other)
        {
            BeyondCaps++;
            return Scope(ScopeInfo.Other);
        }

        var entry = new ScopeEntry(0, scope);
        return _scopes[scope] = Add(entry with { Id = NumberOf<ScopeEntry>(entry.Hash) });
    }

    public long? Template(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (ReferenceEquals(text, _lastTemplate.Text))
        {
            return _lastTemplate.Id;
        }

        if (_templates.TryGetValue(text, out var known))
        {
            _lastTemplate = (text, known);
            return known;
        }

        if (_templates.Count >= caps.Templates)
        {
            BeyondCaps++;
            return null;
        }

        var entry = new TemplateEntry(0, text);
        return _templates[text] = Add(entry with { Id = NumberOf<TemplateEntry>(entry.Hash) });
    }

    /// <summary>Null = beyond the cap: the point is not stored.</summary>
    public SeriesSlot? Series(ResourceInfo info, SeriesInfo series)
    {
        var resource = Resource(info, Signal.Metrics);
        if (_series.TryGetValue((resource, series), out var known))
        {
            return known;
        }

        if (_series.Count >= caps.Series)
        {
            BeyondCaps++;
            PointsBeyondCap++;
            return null;
        }

        var scope = Scope(series.Scope);
        var hash = ResourceInfo.HashOf(
            info.Hash, series.Scope.Name, series.Scope.Version, series.Name, series.Unit, series.Type, series.AttributesJson);
        var id = Add(new SeriesEntry(NumberOf<SeriesEntry>(hash), resource, scope, series, hash));
        return _series[(resource, series)] = new SeriesSlot(id);
    }

    private ResourceSlot ResourceSlotOf(ResourceInfo info)
    {
        if (ReferenceEquals(info, _lastResource.Info))
        {
            return _lastResource.Slot!;
        }

        if (_resources.TryGetValue(info.Hash, out var known))
        {
            _lastResource = (info, known);
            return known;
        }

        if (_resources.Count >= caps.Resources && info != ResourceInfo.Other)
        {
            BeyondCaps++;
            return ResourceSlotOf(ResourceInfo.Other);
        }

        var id = Add(new ResourceEntry(NumberOf<ResourceEntry>(info.Hash), info));
        return _resources[info.Hash] = new ResourceSlot(id);
    }

    // The segment's own copy first: it is right even when the catalogue was not told (crash or full disk between the two commits).
    private long NumberOf<TEntry>(string hash)
        where TEntry : DictionaryEntry => _segment!.Find<TEntry>(hash) ?? catalogue.NumberOf<TEntry>(hash);

    private long Add(DictionaryEntry entry)
    {
        _segment!.Insert(entry);
        _unsaved.Add(entry);
        return entry.Id;
    }

    private sealed class ResourceSlot(long id)
    {
        public long Id { get; } = id;

        public Signal Signals { get; set; }
    }
}

/// <summary>How many different ones a segment may hold.</summary>
internal sealed record NumberingCaps(int Resources = 1000, int Scopes = 5000, int Templates = 5000, int Series = 20_000);
