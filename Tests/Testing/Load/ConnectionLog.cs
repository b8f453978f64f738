namespace Testing.Load;

/// <summary>What one of a client's connections has seen; written by it alone.</summary>
internal sealed class ConnectionLog
{
    private int _answered;
    private int _failed;

    public int Answered => Volatile.Read(ref _answered);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Connections that were opened, one after another.</summary>
    public int Opened { get; set; }

    public List<TimeSpan> Gets { get; } = [];

    public List<TimeSpan> Posts { get; } = [];

    /// <summary>Ids of POSTs that were answered.</summary>
    public List<string> Acknowledged { get; } = [];

    public List<RequestFailure> Failures { get; } = [];

    /// <summary>How many requests each replica has answered.</summary>
    public Dictionary<string, int> Replicas { get; } = new(StringComparer.Ordinal);

    public void Ok(bool isPost, string id, TimeSpan took, string replica)
    {
        (isPost ? Posts : Gets).Add(took);
        Replicas[replica] = Replicas.GetValueOrDefault(replica) + 1;
        if (isPost)
        {
            Acknowledged.Add(id);
        }

        Interlocked.Increment(ref _answered);
    }

    public void Fail(RequestFailure failure)
    {
        Failures.Add(failure);
        Interlocked.Increment(ref _failed);
    }
}
