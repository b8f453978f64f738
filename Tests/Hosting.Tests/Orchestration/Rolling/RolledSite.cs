using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Hosting.Tests.Orchestration.Releases;
using Testing;

namespace Hosting.Tests.Orchestration.Rolling;

/// <summary>A site with replicas from port 8001 on: scripted processes, a manual clock, and a gate that notes what it is asked for.</summary>
internal sealed class RolledSite : IStackSurroundings, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private readonly List<RolloutStatus?> _rollouts = [];
    private readonly List<string> _alerts = [];
    private readonly List<PlannedPort> _beside = [];

    /// <param name="replicas">How many.</param>
    /// <param name="gate">Whether there is a gateway.</param>
    /// <param name="project">Whether it is a project.</param>
    /// <param name="change">Changes what is specified of a replica.</param>
    /// <param name="jobs">Jobs of it, each of which waits for the one before.</param>
    public RolledSite(int replicas = 3, bool gate = true, bool project = true, Func<InstanceSpec, InstanceSpec>? change = null, params string[] jobs)
    {
        Launcher = new ScriptedLauncher(Time);
        Gate = new RecordingGate(() => Journal);
        var builder = Models.Empty();
        IResource site = project
            ? builder.AddSite().WithReplicas(replicas).WithSequentialPorts(8001).Resource
            : builder.AddExecutable("site", "/bin/true", "/").WithHttpEndpoint().WithReplicas(replicas).WithSequentialPorts(8001).Resource;
        if (gate)
        {
            site.Annotations.Add(new TrafficGateAnnotation(Gate));
        }

        IResource last = site;
        foreach (var job in jobs.Reverse())
        {
            var resource = builder.AddProject<Models.Site>(job, launchProfileName: null).Resource;
            last.Annotations.Add(new WaitAnnotation(resource, WaitType.WaitForCompletion));
            last = resource;
        }

        var plan = Plans.Of(builder);
        Plan = plan.Resources.Single(r => r.Name == "site");
        Releases = ReleasesOf(Plan);
        Jobs = [.. plan.Resources.Where(r => r != Plan).Select(p => Orchestrate(p, ReleasesOf(p), spec => spec with { Readiness = [], Restart = new RestartSettings { Mode = RestartMode.Never } }))];
        Orchestrator = Orchestrate(Plan, Releases, change);
    }

    public ManualTimeProvider Time { get; } = new();

    public TempFolder Folder { get; } = new();

    public SiteReleases Releases { get; }

    public FakePublisher Publisher { get; } = new();

    public ScriptedLauncher Launcher { get; }

    public RecordingGate Gate { get; }

    public RecordingLogger Logger { get; } = new();

    public ResourcePlan Plan { get; }

    public ResourceOrchestrator Orchestrator { get; }

    /// <summary>The jobs of the site.</summary>
    public IReadOnlyList<ResourceOrchestrator> Jobs { get; }

    private IEnumerable<InstanceSupervisor> All => Jobs.Append(Orchestrator).SelectMany(o => o.Replicas);

    /// <summary>What was done, in order: launches of processes, and what the gate was asked for.</summary>
    public Journal Journal { get; } = new();

    /// <summary>Names what the next launches are launches of.</summary>
    public string Version { get; set; } = "v1";

    /// <summary>Names of replicas that fail their checks.</summary>
    public ConcurrentDictionary<string, bool> Sick { get; } = new();

    public int Renewals { get; private set; }

    /// <summary>What ran at each end of a roll.</summary>
    public List<string> Rolled { get; } = [];

    /// <summary>A port that a process of the machine has.</summary>
    public int? Stranger { get; set; }

    public List<string> Appeared { get; } = [];

    public List<string> Gone { get; } = [];

    public Dictionary<string, int> Kept { get; } = [];

    /// <summary>The fewest replicas that were ready at the same time since the test set it.</summary>
    public int FewestReady { get; set; } = int.MaxValue;

    public IReadOnlyList<RolloutStatus?> Rollouts
    {
        get
        {
            lock (_lock)
            {
                return [.. _rollouts];
            }
        }
    }

    public IReadOnlyList<string> Alerts
    {
        get
        {
            lock (_lock)
            {
                return [.. _alerts];
            }
        }
    }

    public ResourceStatus Status => Orchestrator.Status();

    public IEnumerable<ScriptedProcess> Of(string replica) => Launcher.Launched.Where(p => p.Request.Environment["STACK_INSTANCE"] == replica);

    public ScriptedProcess Last(string replica) => Of(replica).Last();

    /// <summary>What each replica runs.</summary>
    public IEnumerable<string> Versions => Status.Replicas.Select(r => VersionOf(Last(r.Name)));

    /// <summary>What a process is a launch of.</summary>
    public static string VersionOf(ScriptedProcess process) => process.Request.Arguments[0] is var run && Path.IsPathRooted(run) ? Path.GetFileName(Path.GetDirectoryName(run)!) : run;

    public InstanceSupervisor Replica(string name) => Orchestrator.Replicas.Single(r => r.Name == name);

    public void Takes(string resource, string replica, int port) => _beside.Add(new PlannedPort(resource, replica, "http", port));

    /// <summary>Starts all, until they are ready; what was noted until then is forgotten.</summary>
    public async Task Start()
    {
        await Drive(Orchestrator.StartAsync(CancellationToken.None));
        Journal.Clear();
        FewestReady = int.MaxValue;
        lock (_lock)
        {
            _rollouts.Clear();
        }
    }

    public Task<CommandOutcome> Run(string command, string? replica = null) => Drive(Orchestrator.ExecuteAsync(command, replica is null ? null : Replica(replica), CancellationToken.None));

    public Task<CommandOutcome> Scale(int count) => Drive(Orchestrator.ScaleAsync(count, CancellationToken.None));

    /// <summary>Moves time on from timer to timer, whenever nothing else goes on, until the task is done.</summary>
    public async Task<T> Drive<T>(Task<T> task)
    {
        await Drive((Task)task);
        return await task;
    }

    public Task Drive(Task task) => Until(() => task.IsCompleted);

    public async Task Until(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            await Settle();
            if (condition())
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Wait.Patience)
            {
                throw new TimeoutException($"Waited for: {what}. Journal: {Journal}. Replicas: {string.Join("; ", Status.Replicas.Select(r => $"{r.Name} {r.State} {r.Health} {r.Traffic} {r.Reason}"))}");
            }

            if (Time.NextDue is { } due)
            {
                Time.Advance(due > Time.Now ? due - Time.Now : TimeSpan.Zero);
            }
        }
    }

    /// <summary>Waits until nothing goes on any more without time passing.</summary>
    public async Task Settle()
    {
        var before = -1;
        while (before != Journal.Changes)
        {
            before = Journal.Changes;
            foreach (var replica in All)
            {
                try
                {
                    await replica.IdleAsync().Within();
                }
                catch (ObjectDisposedException)
                {
                    // Scaled away meanwhile.
                }
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    void IStackSurroundings.ReplicaChanged(ResourcePlan resource, InstanceSnapshot replica)
    {
        Journal.Touch();
        var ready = Orchestrator?.Replicas.Count(r => r.Current is { State: InstanceState.Running, Health: InstanceHealth.Ready }) ?? 0;
        lock (_lock)
        {
            FewestReady = Math.Min(FewestReady, ready);
        }
    }

    void IStackSurroundings.RolloutChanged(string resource)
    {
        Journal.Touch();
        lock (_lock)
        {
            _rollouts.Add(Orchestrator.Status().Rollout);
        }
    }

    void IStackSurroundings.Alert(string resource, string? replica, string text)
    {
        lock (_lock)
        {
            _alerts.Add(text);
        }
    }

    ResourceOrchestrator IStackSurroundings.OrchestratorOf(IResource resource) => Jobs.Append(Orchestrator).Single(o => o.Plan.Resource == resource);

    IReadOnlyCollection<PlannedPort> IStackSurroundings.PortsBeside(string resource) => _beside;

    IReadOnlyList<string> IStackSurroundings.Taken(IEnumerable<PlannedPort> ports) => [.. ports.Where(p => p.Port == Stranger).Select(p => $"{p.Port} is taken")];

    Task IStackSurroundings.AppearAsync(ResourcePlan plan, int first, CancellationToken cancellationToken)
    {
        Appeared.AddRange(plan.Replicas.Skip(first).Select(r => r.Name));
        return Task.CompletedTask;
    }

    void IStackSurroundings.Disappear(ResourcePlan plan, string replica) => Gone.Add(replica);

    void IStackSurroundings.Keep(string resource, int replicas) => Kept[resource] = replicas;

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in Jobs.Append(Orchestrator))
        {
            resource.Kill();
            await resource.DisposeAsync().AsTask().Within();
        }

        Folder.Dispose();
        Launcher.Live.ShouldBe(0);
        Logger.Entries.Where(e => e.Id is 2190 or 2191 or 2192).ShouldBeEmpty();
    }

    private SiteReleases ReleasesOf(ResourcePlan plan)
        => new(plan, new ReleaseStore(plan.Name, Path.Combine(Folder.Path, "releases", plan.Name)), 3, Publisher, Time, Logger);

    private ResourceOrchestrator Orchestrate(ResourcePlan plan, SiteReleases releases, Func<InstanceSpec, InstanceSpec>? change) => new(
        plan,
        new ReplicaMaker(
            (replica, published) => new InstanceSupervisor(Spec(replica, releases, change), new NotingLauncher(Launcher, replica.Name, Journal), new ScriptedGate(), new PortProber(Launcher, Sick), Time, Logger, published),
            () => Renewals++,
            releases)
        {
            Rolled = _ =>
            {
                Rolled.Add(string.Join(' ', Versions));
                return Task.CompletedTask;
            },
        },
        this,
        Time,
        Logger);

    private InstanceSpec Spec(ReplicaIdentity replica, SiteReleases releases, Func<InstanceSpec, InstanceSpec>? change)
    {
        var spec = new InstanceSpec
        {
            Name = replica.Name,
            Index = replica.Index,
            Port = replica.Port,
            ListensItself = false, // nobody looks at the ports of this machine
            CreateLaunch = (generation, _) => Task.FromResult(new LaunchRequest
            {
                FileName = "/bin/sh",
                Arguments = [releases.Targets.For(replica.Name) is { } release ? $"{release.Site.Program}.dll" : Version],
                WorkingDirectory = releases.Targets.For(replica.Name)?.Folder ?? "/",
                Environment = new Dictionary<string, string> { ["STACK_INSTANCE"] = replica.Name, ["STACK_GENERATION"] = $"{generation}" },
                LogFile = "/nowhere/site.log",
            }),
            Readiness = [new ProbeSpec(new Uri($"http://127.0.0.1:{replica.Port}/health"))],
            Restart = new RestartSettings { Mode = RestartMode.Always },
        };
        return change?.Invoke(spec) ?? spec;
    }

    private sealed class NotingLauncher(ScriptedLauncher launcher, string replica, Journal journal) : IProcessLauncher
    {
        public async Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
        {
            journal.Add($"launch {replica}");
            return await launcher.LaunchAsync(request, cancellationToken);
        }

        public AdoptionResult TryAdopt(Stack.Hosting.Supervision.Records.InstanceRecord record, string stateFolder) => launcher.TryAdopt(record, stateFolder);
    }

    /// <summary>Answers for the process that was launched last on the port.</summary>
    private sealed class PortProber(ScriptedLauncher launcher, ConcurrentDictionary<string, bool> sick) : IInstanceProber
    {
        public Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken)
            => Task.FromResult(!sick.ContainsKey($"site-{spec.Url.Port}") && launcher.Launched.LastOrDefault(p => p.Request.Environment["STACK_INSTANCE"] == $"site-{spec.Url.Port}") is { IsReady: true } ? ScriptedProber.Success : ScriptedProber.Failure);
    }
}

/// <summary>Notes what is done, in order.</summary>
internal sealed class Journal
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private int _changes;

    public int Changes => Volatile.Read(ref _changes);

    public string[] Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public void Touch() => Interlocked.Increment(ref _changes);

    public void Add(string line)
    {
        Touch();
        lock (_lock)
        {
            _lines.Add(line);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
        }
    }

    public override string ToString() => string.Join(", ", Lines);
}

/// <summary>A gate that notes what it is asked for, and fails or hangs when the test says so.</summary>
internal sealed class RecordingGate(Func<Journal> journal) : ITrafficGate
{
    /// <summary>Called with each request, as the journal has it; may throw.</summary>
    public Func<string, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a drain says: false, requests are still in flight.</summary>
    public bool Drains { get; set; } = true;

    public async Task<bool> DrainAsync(TrafficReplica replica, TimeSpan limit, CancellationToken cancellationToken)
    {
        await Note(limit > TimeSpan.Zero ? $"drain {replica.Name}" : $"take {replica.Name}");
        return Drains;
    }

    public Task AdmitAsync(TrafficReplica replica, CancellationToken cancellationToken) => Note($"admit {replica.Name}");

    public Task SetMembersAsync(IResource resource, IReadOnlyList<TrafficReplica> replicas, CancellationToken cancellationToken)
        => Note($"members {string.Join(" ", replicas.Select(r => r.Name[^4..]))}".TrimEnd());

    public Task SetReleasesAsync(IResource resource, IReadOnlyList<string> folders, CancellationToken cancellationToken)
        => Note($"releases {string.Join(" ", folders.Select(f => Path.GetFileName(f)))}".TrimEnd());

    private Task Note(string line)
    {
        journal().Add(line);
        return Answer(line);
    }
}
