namespace Stack.Dashboard.Storage;

/// <summary>Who counted a request.</summary>
internal enum RequestKind
{
    /// <summary>The application itself.</summary>
    Served = 0,

    /// <summary>The gateway, as it answered the client.</summary>
    Answered = 1,

    /// <summary>The gateway, each time that it asked a replica.</summary>
    Tried = 2,
}

/// <summary>What is known of a process beside its requests.</summary>
internal enum UsageKind
{
    /// <summary>Share of one core, as the AppHost measures it.</summary>
    Cpu = 1,

    /// <summary>Resident bytes, as the AppHost measures them.</summary>
    Memory = 2,

    /// <summary>Seconds of processor time, as the process itself counts them.</summary>
    OwnCpu = 3,

    /// <summary>Resident bytes, as the process itself says.</summary>
    OwnMemory = 4,

    /// <summary>1 for a replica that is ready, else 0.</summary>
    Ready = 5,

    /// <summary>Connections of a gateway's clients, as it counts them itself.</summary>
    OpenConnections = 10,

    ReadingConnections = 11,

    WritingConnections = 12,

    WaitingConnections = 13,

    /// <summary>New ones.</summary>
    AcceptedConnections = 14,

    /// <summary>New ones for which there was room.</summary>
    HandledConnections = 15,

    /// <summary>From here on: how often it was seen in each state of <see cref="RollupSeries.States"/>.</summary>
    State = 100,
}

/// <summary>What requests are counted by. Route 0 = all routes; 10 is added to the class of a try after which another replica was asked.</summary>
internal readonly record struct RequestKey(RequestKind Kind, long Step, long At, long Sender, long Route, int Class)
{
    public const int AskedAnother = 10;
}

internal readonly record struct UsageKey(int Measure, long Step, long At, long Sender);

/// <summary>Requests of one key. Some have no duration, so the count is not that of the grid.</summary>
internal sealed class RequestSum
{
    public double Count { get; set; }

    public DurationGrid Durations { get; } = new();
}

internal readonly record struct UsageSum(long Count, double Sum, double Max)
{
    public UsageSum Plus(UsageSum other) => new(Count + other.Count, Sum + other.Sum, Count == 0 ? other.Max : Math.Max(Max, other.Max));
}

/// <summary>Sums that are on their way to meta.db, with the names behind their numbers.</summary>
internal sealed class RollupSet
{
    public Dictionary<RequestKey, RequestSum> Requests { get; } = [];

    public Dictionary<UsageKey, UsageSum> Usage { get; } = [];

    public bool IsEmpty => Requests.Count == 0 && Usage.Count == 0;

    public RequestSum Sum(in RequestKey key)
    {
        if (!Requests.TryGetValue(key, out var sum))
        {
            Requests[key] = sum = new RequestSum();
        }

        return sum;
    }

    public void Add(in UsageKey key, UsageSum sum) => Usage[key] = Usage.GetValueOrDefault(key).Plus(sum);

    public void MoveTo(RollupSet target)
    {
        foreach (var (key, sum) in Requests)
        {
            var whole = target.Sum(key);
            whole.Count += sum.Count;
            whole.Durations.Add(sum.Durations);
        }

        foreach (var (key, sum) in Usage)
        {
            target.Add(key, sum);
        }

        Clear();
    }

    public void Clear()
    {
        Requests.Clear();
        Usage.Clear();
    }
}
