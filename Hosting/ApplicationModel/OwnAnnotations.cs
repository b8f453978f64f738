using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Each replica listens on its own fixed port, <c>FirstPort + index</c>.</summary>
/// <param name="FirstPort">Port of the first replica.</param>
/// <param name="EndpointName">The endpoint; null: <c>http</c>, else the first one that speaks http.</param>
public sealed record SequentialPortsAnnotation(int FirstPort, string? EndpointName = null) : IResourceAnnotation;

/// <summary>Another resource fronts this one: what refers to this resource gets the gateway's address.</summary>
/// <param name="Gateway">The gateway.</param>
public sealed record GatewayAnnotation(IResourceWithEndpoints Gateway) : IResourceAnnotation;

/// <summary>What happens when a process ends by itself.</summary>
/// <param name="Mode">The mode.</param>
public sealed record RestartPolicyAnnotation(RestartMode Mode) : IResourceAnnotation;

/// <summary>How the processes of the resource are supervised.</summary>
/// <param name="Options">The settings.</param>
public sealed record SupervisionAnnotation(SupervisionOptions Options) : IResourceAnnotation;

/// <summary>Tells that the engine runs the resource for itself: it is shown apart.</summary>
internal sealed class HiddenAnnotation : IResourceAnnotation;

/// <summary>An HTTP health check of the resource, made on each replica's own port.</summary>
/// <param name="Endpoint">Chooses the endpoint when the plan is made.</param>
/// <param name="Path">Path and query, beginning with a slash.</param>
/// <param name="StatusCode">The status that means healthy.</param>
/// <param name="Key">Key of the check in health reports.</param>
internal sealed record HttpHealthCheckAnnotation(Func<EndpointReference> Endpoint, string Path, int StatusCode, string Key) : IResourceAnnotation;

/// <summary>How the processes of a resource are supervised. The names are supervisord's where it has the setting.</summary>
public sealed class SupervisionOptions
{
    /// <summary>How long a process without a health check has to live to count as started. Default 1 s.</summary>
    public TimeSpan StartSecs { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A replica that is not ready this long after its launch is stopped, which counts as a failure. Default 60 s.</summary>
    public TimeSpan StartDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Failures in a row, or within ten minutes, after which a replica is given up; null: never, it is started again each minute for ever. Default, as long as it is not set: 3 in a row in development, 10 in production.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? FailureBudget
    {
        get;
        set
        {
            if (value is { } budget)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1, nameof(FailureBudget));
            }

            field = value;
            IsFailureBudgetSet = true;
        }
    }

    /// <summary>False: the default of the mode holds.</summary>
    internal bool IsFailureBudgetSet { get; private set; }

    /// <summary>Time until a replica that was given up gets one more attempt, and again after each that fails; null: none. Default 5 minutes. Up to a quarter is added at random.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not more than zero.</exception>
    public TimeSpan? ProbationInterval
    {
        get;
        set
        {
            if (value is { } interval)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero, nameof(ProbationInterval));
            }

            field = value;
        }
    } = TimeSpan.FromMinutes(5);

    /// <summary>True: in production a .NET process that has hung writes a dump (with its heap) to the folder <c>dumps</c> of the state folder before it is stopped; the last three of a replica are kept. Default false.</summary>
    public bool DumpOnHang { get; set; }

    /// <summary>Exit codes that are no failure. Default 0; 128+n stands for signal n.</summary>
    public ISet<int> SuccessExitCodes { get; } = new HashSet<int> { 0 };

    /// <summary>Number of the signal that asks the process to stop. Default 15, TERM.</summary>
    public int StopSignal { get; set; } = 15;

    /// <summary>Time between that signal and KILL. Default 5 s in development, 35 s in production.</summary>
    public TimeSpan? StopWaitSecs { get; set; }

    /// <summary>False when another process listens on the port for this one, as a container engine's does. Default true: an answer on the port counts as ready only when it comes from the resource's own processes.</summary>
    public bool ListensItself { get; set; } = true;

    /// <summary>
    /// Text that its command line contains for as long as it runs, for a program that overwrites its environment (as Nginx does with its title): in production the next AppHost
    /// knows its process by program and text. Default null: it is known by <c>STACK_STATE</c> and <c>STACK_INSTANCE</c> in its environment.
    /// </summary>
    public string? CommandLineMark { get; set; }

    /// <summary>Names the content of the files that the process reads at its start, by any text that changes with it. Default null: there are none. See <see cref="ReloadSignal"/>.</summary>
    public string? ContentVersion { get; set; }

    /// <summary>
    /// Number of the signal by which the process takes over changed files without an end (Nginx: 1, HUP): sent when an AppHost in production goes on with a process that was started with another
    /// <see cref="ContentVersion"/>. Default null: it is restarted for that.
    /// </summary>
    public int? ReloadSignal { get; set; }

    /// <summary>
    /// With <see cref="ReloadSignal"/>: called with the process id in place of that signal, for a program that needs more than the signal to take over changed files without losing work. Default null: the signal is sent.
    /// What it throws is logged; the process goes on.
    /// </summary>
    public Func<int, Task>? Reload { get; set; }

    /// <summary>Number of the signal that the process gets when the AppHost dies in development. Default 9, KILL.</summary>
    public int ParentDeathSignal { get; set; } = 9;

    /// <summary>Bytes of a replica's console log from which on its beginning is moved into an archive, <c>site-8001.log.1</c>, without the process noticing. Default 50 MB; 0: never.</summary>
    public long StdoutLogFileMaxBytes { get; set; } = 50L << 20;

    /// <summary>Archives of a replica's console log that are kept; the oldest goes first. Default 10; 0: what exceeds <see cref="StdoutLogFileMaxBytes"/> is dropped.</summary>
    public int StdoutLogFileBackups { get; set; } = 10;

    /// <summary>The bits that files made by the process don't get, in octal digits as a shell's <c>umask</c> takes them: <c>"027"</c>. Default: as the AppHost's.</summary>
    public string? Umask { get; set; }

    /// <summary>Name or number of the user that the process runs as, with that user's groups; <c>HOME</c>, <c>USER</c> and <c>LOGNAME</c> follow unless the model sets them, and the resource gets a key ring of its own. Only an AppHost that runs as root can change it. Default: the AppHost's user.</summary>
    public string? User { get; set; }

    /// <summary>Name or number of the group in place of the user's primary one. Default: that one.</summary>
    public string? Group { get; set; }

    /// <summary>The folder the process runs in; relative to the AppHost's. Default: the project's folder, that of the published site, or the one given to <c>AddExecutable</c>.</summary>
    public string? Directory { get; set; }

    /// <summary>Limits of the process, by their names in <c>prlimit</c>: as, core, cpu, data, fsize, memlock, nofile, nproc, stack. In bytes (as, core, data, fsize, memlock, stack), seconds (cpu) or numbers. Default: the AppHost's.</summary>
    /// <example><code>site.WithSupervision(s => s.Limits["nofile"] = 65536);</code></example>
    public IDictionary<string, ProcessLimit> Limits { get; } = new Dictionary<string, ProcessLimit>(StringComparer.Ordinal);

    /// <summary>How readily the kernel ends the process when memory runs out (<c>oom_score_adj</c>): -1000 never, 1000 first. Default: as the AppHost.</summary>
    public int? OutOfMemoryScore { get; set; }

    /// <summary>True: no program that the process runs gets rights by setuid or file capabilities. Default: true where <see cref="User"/> changes the user, else false.</summary>
    public bool? NoNewPrivileges { get; set; }
}
