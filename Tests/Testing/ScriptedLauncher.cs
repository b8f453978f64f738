using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Records;

namespace Testing;

/// <summary>Launches processes that exist in memory only and do what their script says, on the test's clock.</summary>
internal sealed class ScriptedLauncher(ManualTimeProvider time) : IProcessLauncher
{
    private const int FirstPid = 5_000_000; // above what a kernel gives out

    private readonly Lock _lock = new();
    private readonly List<ScriptedProcess> _launched = [];

    /// <summary>The script of the launch with this number, 1 for the first. By default it runs until it is stopped.</summary>
    public Func<int, LaunchScript> Script { get; set; } = _ => new LaunchScript();

    public int Attempts { get; private set; }

    /// <summary>The most processes that lived at the same time.</summary>
    public int MostLive { get; private set; }

    public IReadOnlyList<ScriptedProcess> Launched
    {
        get
        {
            lock (_lock)
            {
                return [.. _launched];
            }
        }
    }

    public ScriptedProcess Last => Launched[^1];

    public int Live => Launched.Count(p => p.IsLive);

    /// <summary>Processes that an earlier AppHost is taken to have launched, by the name of their replica.</summary>
    public Dictionary<string, ScriptedProcess> Left { get; } = [];

    /// <summary>Leaves a running process behind, as an AppHost does that is killed in production.</summary>
    public ScriptedProcess Leave(string replica, LaunchScript script, LaunchRequest request)
    {
        lock (_lock)
        {
            var process = new ScriptedProcess(FirstPid + _launched.Count, script, time, request);
            _launched.Add(process);
            return Left[replica] = process;
        }
    }

    public AdoptionResult TryAdopt(InstanceRecord record, string stateFolder)
        => Left.TryGetValue(record.Name, out var process) && process.IsLive && process.Identity == record.Process
            ? new AdoptionResult(process, null)
            : AdoptionResult.None("its process has ended");

    public async Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        LaunchScript script;
        lock (_lock)
        {
            script = Script(++Attempts);
        }

        if (script.Held is { } held)
        {
            await held.ConfigureAwait(false);
        }

        if (script.Fails is { } failure)
        {
            throw failure;
        }

        lock (_lock)
        {
            var process = new ScriptedProcess(FirstPid + _launched.Count, script, time, request);
            _launched.Add(process);
            MostLive = Math.Max(MostLive, _launched.Count(p => p.IsLive));
            return process;
        }
    }
}

/// <summary>What one launched process does.</summary>
internal sealed record LaunchScript
{
    /// <summary>The launch fails with this.</summary>
    public LaunchException? Fails { get; init; }

    /// <summary>The launch takes until this completes.</summary>
    public Task? Held { get; init; }

    /// <summary>Answers its health check from then on; null: never.</summary>
    public TimeSpan? ReadyAfter { get; init; } = TimeSpan.Zero;

    /// <summary>Ends by itself after this time.</summary>
    public TimeSpan? ExitsAfter { get; init; }

    public ExitFacts Exit { get; init; } = new(ExitKind.Code, 1);

    /// <summary>Time from the stop signal to its end.</summary>
    public TimeSpan StopTakes { get; init; }

    public bool IgnoresStop { get; init; }

    public bool IgnoresKill { get; init; }

    /// <summary>Whether the listener on its port is its own.</summary>
    public bool OwnsPort { get; init; } = true;
}

/// <summary>A process in memory.</summary>
internal sealed class ScriptedProcess : IInstanceProcess
{
    private readonly Lock _lock = new();
    private readonly LaunchScript _script;
    private readonly ManualTimeProvider _time;
    private readonly TimeSpan _launchedAt;
    private readonly List<int> _signals = [];

    // Without asynchronous continuations: when a test lets a process end, the message of it is posted before the test goes on.
    private readonly TaskCompletionSource<ExitFacts> _exited = new();
    private ITimer? _stopping;

    public ScriptedProcess(int pid, LaunchScript script, ManualTimeProvider time, LaunchRequest request)
    {
        Pid = pid;
        Request = request;
        _script = script;
        _time = time;
        _launchedAt = time.Now;
        if (script.ExitsAfter is { } after)
        {
            _ = time.CreateTimer(_ => End(script.Exit), null, after, Timeout.InfiniteTimeSpan);
        }
    }

    public int Pid { get; }

    public ProcessIdentity Identity => new(Pid, 1, "boot");

    public LaunchRequest Request { get; }

    public Task<ExitFacts> Exited => _exited.Task;

    public bool IsLive => !_exited.Task.IsCompleted;

    public bool IsReady => IsLive && _script.ReadyAfter is { } after && _time.Now - _launchedAt >= after;

    /// <summary>From then on signals are refused, as for a process of another user.</summary>
    public bool RefusesSignals { get; set; }

    public IReadOnlyList<int> Signals
    {
        get
        {
            lock (_lock)
            {
                return [.. _signals];
            }
        }
    }

    public bool Signal(int signal, bool leaderOnly = false)
    {
        lock (_lock)
        {
            if (!IsLive)
            {
                return true;
            }

            if (RefusesSignals)
            {
                return false;
            }

            _signals.Add(signal);
        }

        if (signal == SignalNames.Kill)
        {
            if (!_script.IgnoresKill)
            {
                End(new ExitFacts(ExitKind.Signal, signal));
            }
        }
        else if (!_script.IgnoresStop)
        {
            _stopping ??= _time.CreateTimer(_ => End(new ExitFacts(ExitKind.Code, 0)), null, _script.StopTakes, Timeout.InfiniteTimeSpan);
        }

        return true;
    }

    public bool OwnsListener(int port) => _script.OwnsPort;

    public void End(ExitFacts exit) => _exited.TrySetResult(exit);

    public void End(int code) => End(new ExitFacts(ExitKind.Code, code));
}
