namespace Supervision;

/// <summary>What all measurements of a run share: the programs to supervise, and where they run.</summary>
internal sealed class Bench : Workspace
{
    private int _jobs;

    public Bench(CancellationToken cancellationToken)
        : base("supervision", cancellationToken)
    {
        Tiny = Path.Combine(Folder, "tiny");
        Site = Path.Combine(Folder, "site");
    }

    /// <summary>The small C program.</summary>
    public string Tiny { get; }

    /// <summary>The folder that the site is published to.</summary>
    public string Site { get; }

    public void BuildTiny() => Run("gcc", "-O2", "-o", Tiny, Path.Combine(Repository, "Benchmarks/Supervision/tiny.c"));

    public void PublishSite() => Publish("WebSite/WebSite.csproj", Site);

    /// <summary>A new job on ports that are free now.</summary>
    public Job NewJob(params Workload[] workloads)
    {
        var port = FreePorts(workloads.Sum(w => w.Replicas));
        var placed = new List<Workload>();
        foreach (var workload in workloads)
        {
            placed.Add(workload with { FirstPort = port });
            port += workload.Replicas;
        }

        return new Job { Folder = Directory.CreateDirectory(Path.Combine(Folder, $"job-{++_jobs}")).FullName, Workloads = placed };
    }
}
