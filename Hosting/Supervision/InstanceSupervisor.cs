using System.Threading.Channels;
using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision;

/// <summary>Keeps one replica as its commands want it: launch, watch, back off, restart, stop. All that happens to it arrives as a message at one loop.</summary>
internal sealed partial class InstanceSupervisor : IAsyncDisposable
{
    private readonly InstanceSpec _spec;
    private readonly IProcessLauncher _launcher;
    private readonly IStartGate _gate;
    private readonly IInstanceProber _prober;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<InstanceSnapshot> _published;
    private readonly RestartPolicy _policy;
    private readonly Channel<InstanceMessage> _inbox = Channel.CreateUnbounded<InstanceMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly InstanceTimers _timers;
    private readonly CancellationTokenSource _ended = new();
    private readonly long _origin;
    private readonly Task _loop;
    private readonly List<Task> _work = [];
    private InstanceSnapshot _current;
    private int _disposed;

    public InstanceSupervisor(
        InstanceSpec spec, IProcessLauncher launcher, IStartGate gate, IInstanceProber prober, TimeProvider time, ILogger logger, Action<InstanceSnapshot> published)
    {
        _spec = spec;
        _launcher = launcher;
        _gate = gate;
        _prober = prober;
        _time = time;
        _logger = logger;
        _published = published;
        _policy = new RestartPolicy(spec.Restart, spec.StartSecs);
        _timers = new InstanceTimers(time, message => Post(message));
        _origin = time.GetTimestamp();
        _current = Snapshot();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Told what somebody should look at, in full sentences.</summary>
    public Action<string> Alerted { get; init; } = _ => { };

    /// <summary>Time between its stop signal and KILL.</summary>
    public TimeSpan StopGrace => _spec.StopGrace;

    /// <summary>The last published snapshot.</summary>
    public InstanceSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Wants the replica to run. Completes when it is Running; cancelling ends only the wait.</summary>
    /// <exception cref="DistributedApplicationException">It ended, was given up, or was stopped before that; the message says why.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => CommandAsync(done => new InstanceMessage.Start(done), cancellationToken);

    /// <summary>Wants the replica not to run. Completes when no process is left; cancelling ends only the wait.</summary>
    /// <exception cref="DistributedApplicationException">The process can't be ended.</exception>
    public Task StopAsync(CancellationToken cancellationToken) => CommandAsync(done => new InstanceMessage.Stop(done, WithStack: false), cancellationToken);

    /// <summary>As <see cref="StopAsync"/>, but with the whole stack: the next AppHost starts the replica again.</summary>
    /// <exception cref="DistributedApplicationException">The process can't be ended.</exception>
    public Task StopWithStackAsync(CancellationToken cancellationToken) => CommandAsync(done => new InstanceMessage.Stop(done, WithStack: true), cancellationToken);

    /// <summary>Stops, then starts. Completes when a process launched after the call is Running; cancelling ends only the wait.</summary>
    /// <exception cref="DistributedApplicationException">It ended, was given up, or was stopped before that; the message says why.</exception>
    public Task RestartAsync(CancellationToken cancellationToken) => CommandAsync(done => new InstanceMessage.Restart(done, FirstTry: false), cancellationToken);

    /// <summary>As <see cref="RestartAsync"/>, but the first failure of the process launched after the call ends the wait, though the replica goes on trying as its policy says.</summary>
    /// <exception cref="DistributedApplicationException">It did not get ready; the message says why.</exception>
    public Task RestartOnceAsync(CancellationToken cancellationToken) => CommandAsync(done => new InstanceMessage.Restart(done, FirstTry: true), cancellationToken);

    /// <summary>Notes whether requests reach the replica. Completes when the snapshot says so.</summary>
    public Task SetTrafficAsync(InstanceTraffic traffic) => CommandAsync(done => new InstanceMessage.Traffic(traffic, done), CancellationToken.None);

    /// <summary>Ends the whole group at once, without grace, and wants the replica not to run.</summary>
    public void Kill() => Post(new InstanceMessage.Kill());

    /// <summary>Completes when the loop answers.</summary>
    public Task PingAsync(CancellationToken cancellationToken) => CommandAsync(done => new InstanceMessage.Ping(done), cancellationToken);

    /// <summary>Goes on with what an earlier AppHost left of the replica. To be called once, before any command.</summary>
    /// <param name="record">What was written down.</param>
    /// <param name="process">Its process, taken over; null: it has ended meanwhile, or there was none.</param>
    public Task AdoptAsync(InstanceRecord record, IInstanceProcess? process)
        => CommandAsync(done => new InstanceMessage.Adopt(done, record, process), CancellationToken.None);

    /// <summary>Leaves the process running for the next AppHost, and ends the loop.</summary>
    public async ValueTask LeaveAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await CommandAsync(done => new InstanceMessage.Leave(done), CancellationToken.None).ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Completes when everything posted so far, and what it led to at once, has been handled.</summary>
    internal Task IdleAsync() => CommandAsync(done => new InstanceMessage.Idle(done), CancellationToken.None);

    /// <summary>Stops the replica, then ends its loop.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _loop.ConfigureAwait(false);
            return;
        }

        try
        {
            await StopWithStackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            LogLeftBehind(_spec.Name, e.Message);
        }

        await EndAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        _inbox.Writer.Complete();
        await _loop.ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        _timers.Dispose();

        // A process that could not be ended is still watched; that wait has no end and is left to itself.
        if (_process is null)
        {
            await Task.WhenAll(_work).ConfigureAwait(false);
        }

        _ended.Dispose();
    }

    private Task CommandAsync(Func<TaskCompletionSource, InstanceMessage> command, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!Post(command(done)), this);
        return done.Task.WaitAsync(cancellationToken);
    }

    private bool Post(InstanceMessage message) => _inbox.Writer.TryWrite(message);

    private async Task RunAsync()
    {
        await foreach (var message in _inbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Handle(message);
                SettleGoals();
            }
            catch (Exception e)
            {
                LogLoopFailed(e, _spec.Name, message.GetType().Name, _state);
            }
        }
    }

    private void Handle(InstanceMessage message)
    {
        if (_isLeft)
        {
            return;
        }

        switch (message)
        {
            case InstanceMessage.Start m: OnStart(m.Done); break;
            case InstanceMessage.Stop m: OnStop(m); break;
            case InstanceMessage.Restart m: OnRestart(m); break;
            case InstanceMessage.Kill: OnKill(); break;
            case InstanceMessage.Traffic m: OnTraffic(m); break;
            case InstanceMessage.Adopt m: OnAdopt(m); break;
            case InstanceMessage.Leave m: OnLeave(m); break;
            case InstanceMessage.GateSaid m when IsWaiting(m.Attempt): Publish(m.What); break;
            case InstanceMessage.GatePassed m when IsWaiting(m.Attempt): OnGatePassed(m); break;
            case InstanceMessage.GatePassed m: m.Slot.Dispose(); break;
            case InstanceMessage.GateFailed m when IsWaiting(m.Attempt): OnGateFailed(m); break;
            case InstanceMessage.Launched m: OnLaunched(m); break;
            case InstanceMessage.LaunchFailed m: OnLaunchFailed(m); break;
            case InstanceMessage.Exited m when m.Generation == _generation: OnExited(m); break;
            case InstanceMessage.Probed m when m.Generation == _generation: OnProbed(m.Checks); break;
            case InstanceMessage.LivenessProbed m when m.Generation == _generation: OnLivenessProbed(m); break;
            case InstanceMessage.Dumped m when m.Generation == _generation: OnDumped(m); break;
            case InstanceMessage.TimerFired m when _timers.Take(m): OnTimer(m.Timer); break;
            case InstanceMessage.Ping m: m.Done.SetResult(); break;
            case InstanceMessage.Idle m: OnIdle(m); break;
            default: break; // of an older attempt or generation
        }
    }

    private void OnIdle(InstanceMessage.Idle message)
    {
        if (!_inbox.Reader.TryPeek(out _) || !Post(message))
        {
            message.Done.SetResult();
        }
    }

    private void OnTimer(InstanceTimer timer)
    {
        switch (timer)
        {
            case InstanceTimer.SlotRelease: ReleaseSlot(); break;
            case InstanceTimer.StartSecs: OnStartSecs(); break;
            case InstanceTimer.StartDeadline: OnStartDeadline(); break;
            case InstanceTimer.Probe: StartProbe(); break;
            case InstanceTimer.Forgiven: OnForgiven(); break;
            case InstanceTimer.Liveness: StartLivenessProbe(); break;
            case InstanceTimer.Backoff: Wait(StartCause.Crash); break;
            case InstanceTimer.Probation: OnProbation(); break;
            case InstanceTimer.StopGrace: OnStopGraceOver(); break;
            case InstanceTimer.KillAlarm: OnKillAlarm(); break;
            default: throw new InvalidOperationException($"Timer {timer} has no handler.");
        }
    }

    /// <summary>Remembers work that runs beside the loop, so that the end of the loop can wait for it.</summary>
    private void Track(Task work)
    {
        _work.RemoveAll(t => t.IsCompleted);
        _work.Add(work);
    }
}
