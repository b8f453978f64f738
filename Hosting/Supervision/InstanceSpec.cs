using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision;

/// <summary>Everything the supervisor of one replica needs to know, fixed when the plan was made.</summary>
internal sealed record InstanceSpec
{
    /// <summary>Name of the replica: <c>site-8001</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its resource.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Where it is written down for the next AppHost; null in development: it ends with this one.</summary>
    public InstanceRecordStore? Records { get; init; }

    /// <summary>Text in the command line by which its process is known again; null: it is known by its environment.</summary>
    public string? CommandLineMark { get; init; }

    /// <summary>Names the content of the files that it runs with.</summary>
    public string? ContentVersion { get; init; }

    /// <summary>Signal to the leader by which it takes over changed files; null: it has to be restarted for that.</summary>
    public int? ReloadSignal { get; init; }

    /// <summary>Called in place of the signal.</summary>
    public Func<int, Task>? Reload { get; init; }

    /// <summary>False when making a launch request does something already, as for a container: then it is not made just to compare.</summary>
    public bool IsComparable { get; init; } = true;

    /// <summary>0-based index in its resource.</summary>
    public required int Index { get; init; }

    /// <summary>The port it listens on by itself (checked to be free before each launch, and to belong to its group before it counts as ready); null if none.</summary>
    public int? Port { get; init; }

    /// <summary>False when the port is listened on by a process outside the group (a container's): then it is not looked at who answers.</summary>
    public bool ListensItself { get; init; } = true;

    /// <summary>Makes the launch request, anew for each start: environment and arguments are evaluated there. Argument: the generation, 1 for the first.</summary>
    public required Func<int, CancellationToken, Task<LaunchRequest>> CreateLaunch { get; init; }

    /// <summary>What <see cref="CreateLaunch"/> made before, for a roll-out that has to go back to it.</summary>
    public LaunchMemory Launches { get; init; } = new();

    /// <summary>The checks that all have to succeed before it is ready; none: ready after <see cref="StartSecs"/>.</summary>
    public IReadOnlyList<ProbeSpec> Readiness { get; init; } = [];

    /// <summary>How it is found out whether it has hung; null: it is not.</summary>
    public LivenessSpec? Liveness { get; init; }

    public required RestartSettings Restart { get; init; }

    /// <summary>How long a replica without a readiness check has to live to count as started.</summary>
    public TimeSpan StartSecs { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A replica that is not ready this long after its launch is stopped, which counts as a failure.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Signal number of an orderly stop (15 TERM, 3 QUIT).</summary>
    public int StopSignal { get; init; } = 15;

    /// <summary>Asked when a stop begins. True: the process is killed and not asked, because what it stands for is meant to stay.</summary>
    public Func<bool> StaysBehind { get; init; } = () => false;

    /// <summary>Time between the stop signal and KILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between readiness probes once ready.</summary>
    public TimeSpan ProbePeriod { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A check made directly on the replica's own port: by HTTP, or only a connection (<c>tcp://</c>).</summary>
internal sealed record ProbeSpec(Uri Url, int ExpectedStatus = 200)
{
    /// <summary>What it asks, in a sentence: the path, or the port.</summary>
    public string Name => Url.Scheme == "tcp" ? $"port {Url.Port}" : Url.PathAndQuery;

    /// <summary>Its name in health reports.</summary>
    public string Key { get; init; } = Url.PathAndQuery;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What to start, resolved.</summary>
internal sealed record LaunchRequest
{
    /// <summary>Absolute path of the program, or a name that is looked up on PATH.</summary>
    public required string FileName { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The child's whole environment: nothing is inherited beside it.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Which of <see cref="Environment"/> the model sets; the others come from the AppHost's own environment, or from the engine.</summary>
    public IReadOnlySet<string> ModelVariables { get; init; } = new HashSet<string>();

    /// <summary>Which of <see cref="Environment"/> must not be shown.</summary>
    public IReadOnlySet<string> SensitiveVariables { get; init; } = new HashSet<string>();

    /// <summary>Which of <see cref="Arguments"/> must not be shown, by index.</summary>
    public IReadOnlySet<int> SensitiveArguments { get; init; } = new HashSet<int>();

    /// <summary>The file that takes stdout and stderr, appended to.</summary>
    public required string LogFile { get; init; }

    /// <summary>Signal that the kernel sends the child when the AppHost dies (9 KILL; 15 TERM for Nginx); null in production: it serves on.</summary>
    public int? ParentDeathSignal { get; init; }

    /// <summary>User, mask, limits.</summary>
    public ProcessSettings Settings { get; init; } = ProcessSettings.Inherited;

    /// <summary>Folders that the child has to be able to write in; looked at when it runs as another user.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];
}

/// <summary>How a replica that ends is dealt with. Rules and numbers: RestartPolicy.</summary>
internal sealed record RestartSettings
{
    public required ApplicationModel.RestartMode Mode { get; init; }

    /// <summary>Failures within ten minutes, and failures in a row, after which the replica is given up; null: never.</summary>
    public int? FailureBudget { get; init; } = 10;

    /// <summary>Exit codes that are no failure; 128+n stands for signal n.</summary>
    public IReadOnlySet<int> SuccessExitCodes { get; init; } = new HashSet<int> { 0 };

    /// <summary>Time between attempts of a replica that was given up; null: none.</summary>
    public TimeSpan? ProbationInterval { get; init; } = TimeSpan.FromMinutes(5);
}
