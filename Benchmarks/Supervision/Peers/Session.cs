namespace Supervision.Peers;

/// <summary>A supervisor that runs.</summary>
internal abstract class Session(Bench bench, long started, string logs) : IDisposable
{
    /// <summary>When the first command was given that led to this session.</summary>
    public long Started { get; } = started;

    /// <summary>The process that supervises; available once it is there.</summary>
    public abstract LinuxProcess Supervisor { get; }

    /// <summary>How many bytes of its children's output are in files.</summary>
    public long LoggedBytes => new DirectoryInfo(logs).EnumerateFiles().Where(f => f.Name.StartsWith("program", StringComparison.Ordinal)).Sum(f => f.Length);

    protected Bench Bench { get; } = bench;

    /// <summary>Stops all children, and the supervisor; returns when the supervisor has ended.</summary>
    public abstract void Stop();

    /// <summary>Restarts all replicas of a program in the best way that the supervisor has; returns when it says that it is done.</summary>
    public abstract void Restart(string program);

    /// <summary>Reads a replica's output as it comes; each block is told by its length.</summary>
    public abstract IDisposable Follow(Workload workload, Action<int> read);

    public void KillSupervisor() => Supervisor.Kill();

    public void Dispose()
    {
        End();
        Bench.KillLeftovers();
        GC.SuppressFinalize(this);
    }

    protected virtual void End()
    {
    }
}
