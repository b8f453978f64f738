using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Supervision;

/// <summary>Decides what becomes of a replica whose process has ended. Pure: no clock, no random source, no I/O.</summary>
/// <param name="settings">The resource's settings.</param>
/// <param name="startSecs">How long a process has to live to count as started.</param>
internal sealed class RestartPolicy(RestartSettings settings, TimeSpan startSecs)
{
    /// <summary>Failures in a row are forgotten after this much readiness (not life: a replica that hangs lives too).</summary>
    public static readonly TimeSpan ReadinessThatForgives = TimeSpan.FromSeconds(60);

    private const int SignalBase = 128;
    private static readonly TimeSpan BudgetWindow = TimeSpan.FromMinutes(10);
    private static readonly int[] DelaySeconds = [0, 1, 2, 4, 8, 16, 32, 60];

    /// <param name="exit">How it ended.</param>
    /// <param name="history">What went before.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="jitter">0 to 1; spreads the delays by up to a quarter.</param>
    public (RestartDecision Decision, FailureHistory History) Decide(InstanceExit exit, FailureHistory history, TimeSpan now, double jitter)
    {
        var kind = exit.Facts.Kind;
        if (settings.Mode == RestartMode.Never && kind is ExitKind.Code or ExitKind.Signal or ExitKind.Unknown)
        {
            return (RestartDecision.Exited, history);
        }

        if (kind == ExitKind.LaunchPermanent)
        {
            return (RestartDecision.Fatal, history);
        }

        if (settings.Mode == RestartMode.OnFailure && IsSuccess(exit.Facts) && exit.Alive >= startSecs)
        {
            return (RestartDecision.Exited, history);
        }

        if (history.OnProbation)
        {
            return (RestartDecision.Fatal, history with { OnProbation = false });
        }

        var consecutive = exit.Ready >= ReadinessThatForgives ? 1 : history.Consecutive + 1;
        var recent = history.Recent.Where(t => now - t < BudgetWindow).Append(now).ToArray();
        var next = new FailureHistory(consecutive, recent, OnProbation: false);
        if (settings.FailureBudget is { } budget && (consecutive >= budget || recent.Length >= Math.Max(budget, DefaultBudget)))
        {
            return (RestartDecision.Fatal, next);
        }

        return settings.Mode == RestartMode.Never
            ? (RestartDecision.Fatal, next)
            : (RestartDecision.Backoff(Delay(consecutive, jitter)), next);
    }

    /// <summary>How many failures in ten minutes are too many, whatever happened between them.</summary>
    private const int DefaultBudget = 10;

    private static TimeSpan Delay(int consecutive, double jitter)
        => TimeSpan.FromSeconds(DelaySeconds[Math.Min(consecutive, DelaySeconds.Length) - 1] * (1 + (0.25 * jitter)));

    private bool IsSuccess(ExitFacts exit) => exit.Kind switch
    {
        ExitKind.Code => settings.SuccessExitCodes.Contains(exit.Value),
        ExitKind.Signal => settings.SuccessExitCodes.Contains(SignalBase + exit.Value),
        _ => false,
    };
}

/// <summary>How a process ended, how long it had lived, and for how long it had been ready.</summary>
internal sealed record InstanceExit(ExitFacts Facts, TimeSpan Alive, TimeSpan Ready);

/// <summary>The failures so far.</summary>
/// <param name="Consecutive">In a row.</param>
/// <param name="Recent">Monotonic times of the last ones.</param>
/// <param name="OnProbation">True during the single attempt that a given-up replica gets from time to time.</param>
internal sealed record FailureHistory(int Consecutive, IReadOnlyList<TimeSpan> Recent, bool OnProbation)
{
    public static FailureHistory None { get; } = new(0, [], OnProbation: false);
}

/// <summary>What becomes of the replica.</summary>
/// <param name="Next">Exited, Fatal or Backoff.</param>
/// <param name="Pause">In Backoff: time until the next attempt.</param>
internal sealed record RestartDecision(Observation.InstanceState Next, TimeSpan Pause)
{
    public static RestartDecision Exited { get; } = new(Observation.InstanceState.Exited, TimeSpan.Zero);

    public static RestartDecision Fatal { get; } = new(Observation.InstanceState.Fatal, TimeSpan.Zero);

    public static RestartDecision Backoff(TimeSpan pause) => new(Observation.InstanceState.Backoff, pause);
}
