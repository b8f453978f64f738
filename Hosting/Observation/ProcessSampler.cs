using System.Collections.Frozen;

namespace Stack.Hosting.Observation;

/// <summary>Looks every two seconds at what the replicas use, all in one round. Whoever wants to know reads the last round; nobody else reads /proc for it.</summary>
/// <param name="replicas">The replicas that have a process, by name.</param>
/// <param name="files">The kernel's process files.</param>
/// <param name="sampled">Called after each round with what was seen, by replica.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessSampler(
    Func<IEnumerable<(string Replica, int Pid)>> replicas, ProcessFiles files, Action<IReadOnlyDictionary<string, ProcessSample>> sampled, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // Other processes are read again only now and then: none of them can enter a replica's session, only its number can go to a process that is in one.
    private const int RoundsBetweenStrangers = 15;

    private readonly PssTurns _turns = new();
    private FrozenDictionary<string, ProcessSample> _last = FrozenDictionary<string, ProcessSample>.Empty;
    private Dictionary<int, ProcessUse> _before = [];
    private HashSet<int> _strangers = [];
    private long _sampledAt;
    private int _round;

    /// <summary>The last sample of a replica's present process; null when it has not been looked at yet.</summary>
    public ProcessSample? Find(string replica, int? pid) => Volatile.Read(ref _last).GetValueOrDefault(replica) is { } sample && sample.Pid == pid ? sample : null;

    public async Task RunAsync(CancellationToken stopping)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                Sample();
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>One round.</summary>
    public void Sample()
    {
        var totals = new Dictionary<int, Total>();
        foreach (var (replica, pid) in replicas())
        {
            totals[pid] = new Total(replica, pid);
        }

        var seconds = time.GetElapsedTime(_sampledAt).TotalSeconds;
        _sampledAt = time.GetTimestamp();
        try
        {
            Look(totals, _turns.Next(totals.Keys));
        }
        catch (IOException)
        {
            return;   // no descriptor to be had; the next round may find one
        }

        var samples = totals.Where(t => t.Value.IsSeen).ToFrozenDictionary(t => t.Value.Replica, t => t.Value.ToSample(seconds, _turns.Find(t.Key)), StringComparer.Ordinal);
        Volatile.Write(ref _last, samples);
        sampled(samples);
    }

    private void Look(Dictionary<int, Total> totals, HashSet<int> turn)
    {
        var now = new Dictionary<int, ProcessUse>(_before.Count);
        var strangers = new HashSet<int>(_strangers.Count);
        var readAll = _round++ % RoundsBetweenStrangers == 0;
        if (totals.Count > 0)
        {
            foreach (var pid in files.Pids())
            {
                if (!readAll && _strangers.Contains(pid) && !totals.ContainsKey(pid))
                {
                    strangers.Add(pid);
                }
                else if (files.Read(pid) is { } use)
                {
                    if (Of(use, totals) is { } total)
                    {
                        now[pid] = use;
                        total.Add(use, _before.GetValueOrDefault(pid), files.Descriptors(pid));
                        if (turn.Contains(total.Leader))
                        {
                            total.AddPss(use.Rss == 0 ? 0 : files.Pss(pid));
                        }
                    }
                    else
                    {
                        strangers.Add(pid);
                    }
                }
            }
        }

        (_before, _strangers) = (now, strangers);
        foreach (var total in turn.Select(pid => totals[pid]).Where(total => total.IsSeen))
        {
            _turns.Keep(total.Leader, total.Pss);
        }
    }

    private static Total? Of(ProcessUse use, Dictionary<int, Total> totals) => totals.GetValueOrDefault(use.Session) ?? totals.GetValueOrDefault(use.Pid);

    /// <summary>The processes of one replica together.</summary>
    private sealed class Total(string replica, int leader)
    {
        private long _rss;
        private long _ticks;
        private int? _fds;
        private bool _hadLeader;

        public string Replica => replica;

        public int Leader => leader;

        /// <summary>Null when it could not be read of all of them.</summary>
        public long? Pss { get; private set; } = 0;

        public bool IsSeen { get; private set; }

        public void Add(ProcessUse use, ProcessUse before, int? fds)
        {
            var isSame = before.StartTicks == use.StartTicks && before.Pid == use.Pid;
            IsSeen = true;
            _hadLeader |= isSame && use.Pid == leader;
            _rss += use.Rss;
            _ticks += use.Ticks - (isSame ? before.Ticks : 0);   // one that is new since the last round has used all of it since then
            _fds = fds is null ? _fds : (_fds ?? 0) + fds;
        }

        public void AddPss(long? bytes) => Pss += bytes;

        public ProcessSample ToSample(double seconds, long? pss)
            => new(leader, _rss, _hadLeader ? Math.Round(_ticks / ProcessUse.TicksPerSecond / seconds, 4) : null, _fds) { Pss = pss };
    }
}
