using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Orchestration;

/// <summary>Keeps the service manager informed while the stack starts, runs and stops: ready, one line of status, that the loops answer, that more time is needed.</summary>
internal sealed partial class SystemdReport(SystemdNotify systemd, TimeProvider time, ILogger<SystemdReport> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    // As long as it goes on, each message asks for so much more time.
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(15);

    private volatile Phase _phase = Phase.Starting;
    private long _stoppingSince;
    private TimeSpan _stopLimit;

    private enum Phase { Starting, Running, Stopping }

    /// <summary>The start is over: everything runs, or has been found not to. One bad replica does not make the whole a failed service.</summary>
    public void Ready(StackStatus status)
    {
        if (_phase == Phase.Starting)
        {
            _phase = Phase.Running;
            systemd.Send("READY=1", $"STATUS={Line(status)}");
        }
    }

    /// <summary>The stop has begun.</summary>
    /// <param name="limit">After so long no more time is asked for.</param>
    public void Stopping(TimeSpan limit)
    {
        _stopLimit = limit;
        _stoppingSince = time.GetTimestamp();
        _phase = Phase.Stopping;
        systemd.Send("STOPPING=1", "STATUS=Stopping", Extend());
    }

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="status">What the stack is like.</param>
    /// <param name="ping">Completes when all loops of the engine have answered.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<StackStatus> status, Func<CancellationToken, Task> ping, CancellationToken cancellationToken)
    {
        if (!systemd.IsHeard)
        {
            return;
        }

        try
        {
            await Task.WhenAll(ReportAsync(status, cancellationToken), systemd.Watchdog is { } limit ? WatchAsync(limit, ping, cancellationToken) : Task.CompletedTask).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The stack has stopped.
        }
    }

    /// <summary>One line: how many are ready, and the first of those that are not.</summary>
    public static string Line(StackStatus status)
    {
        const int named = 3;
        var replicas = status.Resources.SelectMany(r => r.Replicas).ToList();
        var wanted = status.Resources.Sum(r => r.Wanted);
        var bad = replicas.Where(r => r.State is not ("Running" or "Stopped" or "Exited") || r.Health is "NotReady" or "Dead").ToList();
        var text = $"{status.Resources.Sum(r => r.Ready)} of {wanted} ready";
        return bad.Count == 0
            ? text
            : $"{text}; {string.Join(", ", bad.Take(named).Select(r => $"{r.Name} {(r.State == "Running" ? r.Health : r.State)}"))}{(bad.Count > named ? $" and {bad.Count - named} more" : "")}";
    }

    private async Task ReportAsync(Func<StackStatus> status, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var last = "";
        do
        {
            var line = _phase == Phase.Stopping ? $"Stopping; {status().Resources.Sum(r => r.Replicas.Count(i => i.Pid is not null))} left" : Line(status());
            List<string> told = line == last ? [] : [$"STATUS={line}"];
            last = line;
            if (_phase == Phase.Starting || (_phase == Phase.Stopping && time.GetElapsedTime(_stoppingSince) < _stopLimit))
            {
                told.Add(Extend());
            }

            if (told.Count > 0)
            {
                systemd.Send(told);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    // Told only after a way through every loop: a timer alone goes on when the rest has hung.
    private async Task WatchAsync(TimeSpan limit, Func<CancellationToken, Task> ping, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(limit / 2, time);
        do
        {
            var answer = ping(cancellationToken);
            try
            {
                await answer.WaitAsync(limit / 2, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                LogNoAnswer((limit / 2).TotalSeconds);
                await answer.ConfigureAwait(false);
            }

            systemd.Send("WATCHDOG=1");
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private static string Extend() => $"EXTEND_TIMEOUT_USEC={(long)Extension.TotalMicroseconds}";

    [LoggerMessage(3125, LogLevel.Error, "A supervisor has not answered for {Seconds:0.#} s. The service manager is not told that all is well until it does.")]
    private partial void LogNoAnswer(double seconds);
}
