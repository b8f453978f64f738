using System.Threading.Channels;
using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Supervision;

/// <summary>Keeps one replica running: start, watch, back off, restart, stop. An actor: everything arrives as a message, and one loop alone touches the state.</summary>
internal sealed partial class InstanceSupervisor : IAsyncDisposable
{
    private static readonly TimeSpan SlotLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnkillableAfter = TimeSpan.FromSeconds(5);

    private readonly InstanceSpec _spec;
    private readonly IProcessLauncher _launcher;
    private readonly IStartGate _gate;
    private readonly IInstanceProber _prober;
    private readonly IPortTable _ports;
    private readonly RestartPolicy _policy;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<InstanceSnapshot> _published;
    private readonly Channel<InstanceMessage> _messages = Channel.CreateUnbounded<InstanceMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<TaskCompletionSource> _startWaiters = [];
    private readonly List<TaskCompletionSource> _stopWaiters = [];
    private readonly List<ITimer> _timers = [];
    private readonly Task _loop;

    private InstanceState _state = InstanceState.Stopped;
    private InstanceHealth _health = InstanceHealth.Unknown;
    private bool _wanted;
    private int _entry;
    private int _generation;
    private int _restarts;
    private bool _automatic;
    private bool _wasReady;
    private bool _livedStartSecs;
    private bool _probedHealthy;
    private int _misses;
    private bool _startTimedOut;
    private long _launchedAt;
    private long _readyAt;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _nextAttemptAt;
    private string? _reason;
    private string? _lastExit;
    private int? _exitCode;
    private FailureHistory _history = FailureHistory.None;
    private IInstanceProcess? _process;
    private IDisposable? _slot;
    private CancellationTokenSource _waiting = new();
    private CancellationTokenSource _running = new();
    private volatile InstanceSnapshot _current;
    private int _disposed;

    public InstanceSupervisor(
        InstanceSpec spec,
        IProcessLauncher launcher,
        IStartGate gate,
        IInstanceProber prober,
        IPortTable ports,
        TimeProvider time,
        ILogger logger,
        Action<InstanceSnapshot> published)
    {
        _spec = spec;
        _launcher = launcher;
        _gate = gate;
        _prober = prober;
        _ports = ports;
        _policy = new RestartPolicy(spec.Restart, spec.StartSecs);
        _time = time;
        _logger = logger;
        _published = published;
        _current = Snapshot();
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>The last published snapshot.</summary>
    public InstanceSnapshot Current => _current;

    /// <summary>Completes when the replica is Running.</summary>
    /// <exception cref="DistributedApplicationException">It ended Fatal or Exited, or was stopped meanwhile; says why.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => CommandAsync(InstanceCommand.Start, cancellationToken);

    /// <summary>Completes when no process is left.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => CommandAsync(InstanceCommand.Stop, cancellationToken);

    /// <summary>Stops, then starts; completes when the replica is Running again.</summary>
    /// <exception cref="DistributedApplicationException">It did not come back; says why.</exception>
    public Task RestartAsync(CancellationToken cancellationToken) => CommandAsync(InstanceCommand.Restart, cancellationToken);

    /// <summary>Ends the whole group at once, by KILL. A stop that is under way ends with it.</summary>
    public void Kill() => _messages.Writer.TryWrite(new InstanceMessage.Kill());

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _messages.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _waiting.Dispose();
        _running.Dispose();
    }

    private async Task CommandAsync(InstanceCommand command, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_messages.Writer.TryWrite(new InstanceMessage.Command(command, done)))
        {
            await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LoopAsync()
    {
        await foreach (var message in _messages.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Handle(message);
            }
            catch (Exception e)
            {
                LogLoopFailed(e, _spec.Name, message.GetType().Name, _state);
            }
        }
    }

    private void Handle(InstanceMessage message)
    {
        switch (message)
        {
            case InstanceMessage.Command command:
                Obey(command);
                break;
            case InstanceMessage.Kill:
                _process?.Signal(PosixNative.SigKill);
                break;
            case InstanceMessage.GateProgress progress when progress.Entry == _entry:
                _reason = progress.What;
                Publish();
                break;
            case InstanceMessage.GateOpened opened when opened.Entry == _entry:
                _slot = opened.Slot;
                BeginLaunch();
                break;
            case InstanceMessage.GateOpened stale:
                stale.Slot.Dispose();
                break;
            case InstanceMessage.GateFailed failed when failed.Entry == _entry:
                Fail(failed.Reason);
                break;
            case InstanceMessage.Launched launched when launched.Generation == _generation:
                Launched(launched.Process);
                break;
            case InstanceMessage.LaunchFailed failed when failed.Generation == _generation:
                LaunchFailed(failed);
                break;
            case InstanceMessage.Exited exited when exited.Generation == _generation && _process is not null:
                Exited(exited.Facts);
                break;
            case InstanceMessage.Probed probed when probed.Generation == _generation:
                Probed(probed.Result);
                break;
            case InstanceMessage.Timer timer when timer.Entry == _entry:
                TimerFired(timer.Kind);
                break;
            default:
                // Of an earlier process or state: no longer true.
                break;
        }
    }

    private void Move(InstanceState to, string? reason = null)
    {
        if (!InstanceMoves.Allowed.Contains((_state, to)))
        {
            System.Diagnostics.Debug.Fail($"'{_spec.Name}' may not move from {_state} to {to}.");
            LogIllegalMove(_spec.Name, _state, to);
            return;
        }

        _entry++;
        _timers.ForEach(t => t.Dispose());
        _timers.Clear();
        _state = to;
        _reason = reason;
        _nextAttemptAt = null;
        if (to != InstanceState.Running)
        {
            _health = InstanceHealth.Unknown;
        }
    }

    private void Publish()
    {
        _current = Snapshot();
        _published(_current);
    }

    private InstanceSnapshot Snapshot() => new()
    {
        Name = _spec.Name,
        Index = _spec.Index,
        State = _state,
        Health = _health,
        Wanted = _wanted,
        Pid = _process?.Pid,
        Port = _spec.Port,
        Generation = _generation,
        Restarts = _restarts,
        Failures = _history.Consecutive,
        StartedAt = _process is null ? null : _startedAt,
        NextAttemptAt = _nextAttemptAt,
        WasReady = _wasReady,
        LastExit = _lastExit,
        ExitCode = _exitCode,
        Reason = _reason,
    };

    private void SetTimer(InstanceTimer kind, TimeSpan after)
    {
        var message = new InstanceMessage.Timer(_entry, kind);
        _timers.Add(_time.CreateTimer(_ => _messages.Writer.TryWrite(message), null, after, Timeout.InfiniteTimeSpan));
    }

    private void ReturnSlot()
    {
        _slot?.Dispose();
        _slot = null;
    }

    private void CompleteStarts(string? failure)
    {
        foreach (var waiter in _startWaiters)
        {
            _ = failure is null ? waiter.TrySetResult() : waiter.TrySetException(new DistributedApplicationException(failure));
        }

        _startWaiters.Clear();
    }

    private void CompleteStops()
    {
        _stopWaiters.ForEach(w => w.TrySetResult());
        _stopWaiters.Clear();
    }
}
