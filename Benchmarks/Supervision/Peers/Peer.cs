namespace Supervision.Peers;

/// <summary>One of the supervisors that are compared.</summary>
internal abstract class Peer(Bench bench)
{
    public abstract string Name { get; }

    /// <summary>Name and version, with those of what it runs on.</summary>
    public abstract string Version { get; }

    protected Bench Bench { get; } = bench;

    /// <summary>Starts the supervisor with the job, as its user would. A second start of the same job is a restart after a crash.</summary>
    public abstract Session Start(Job job);

    /// <summary>The command line of a program that takes its port from PORT.</summary>
    protected IReadOnlyList<string> Command(Workload workload) => workload.IsSite
        ? ["/bin/sh", "-c", $"exec dotnet {Bench.Site}/WebSite.dll --urls http://127.0.0.1:$PORT"]
        : [Bench.Tiny, .. workload.Arguments];
}
