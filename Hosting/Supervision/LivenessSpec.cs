namespace Stack.Hosting.Supervision;

/// <summary>How it is found out whether a replica that was ready has hung.</summary>
internal sealed record LivenessSpec
{
    /// <summary>The check that the model declares: it has to answer from the start. Null: one of <see cref="Guesses"/> is used.</summary>
    public ProbeSpec? Declared { get; init; }

    /// <summary>What the replica may answer, best first. The first that succeeds is its check from then on; what it never answered can't be missed.</summary>
    public IReadOnlyList<ProbeSpec> Guesses { get; init; } = [];

    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>So many misses in a row mean that it has hung.</summary>
    public int MissesToDead { get; init; } = 3;

    /// <summary>Asked at each miss. True: it does not count, because somebody is looking at the program.</summary>
    public Func<bool> IsSuspended { get; init; } = () => false;

    /// <summary>Keeps what a hung process is doing before it is stopped: gets its id and generation, and says in words what came of it. Null: nothing is kept.</summary>
    public Func<int, int, CancellationToken, Task<string>>? Dump { get; init; }
}
