using System.Collections.Immutable;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Supervision;

/// <summary>Decides what follows the end of a process. Pure: the clock and the random number come from the caller.</summary>
internal sealed class RestartPolicy(RestartSettings settings, TimeSpan startSecs)
{
    /// <summary>So long a replica has to be ready until its failures in a row are forgotten.</summary>
    public static readonly TimeSpan ForgivenAfter = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const int SmallestWindowBudget = 10;
    private const double JitterShare = 0.25;
    private static readonly int[] DelaySeconds = [0, 1, 2, 4, 8, 16, 32, 60];

    /// <param name="run">The process that ended, or the launch that failed.</param>
    /// <param name="history">What went wrong before.</param>
    /// <param name="now">Monotonic time, from any fixed origin.</param>
    /// <param name="jitter">0 to 1.</param>
    public (RestartDecision Decision, FailureHistory History) Decide(EndedRun run, FailureHistory history, TimeSpan now, double jitter)
    {
        var exit = run.Exit;
        var launched = exit.Kind is not (ExitKind.LaunchPermanent or ExitKind.LaunchTransient);
        if (settings.Mode == RestartMode.Never)
        {
            return (launched ? new RestartDecision.Exit() : new RestartDecision.GiveUp("it is not started again (restart mode Never)"), history);
        }

        if (exit.Kind == ExitKind.LaunchPermanent)
        {
            return (new RestartDecision.GiveUp("another attempt can't help"), history);
        }

        if (settings.Mode == RestartMode.OnFailure && run.Alive >= startSecs && exit.ShellCode is { } code && settings.SuccessExitCodes.Contains(code))
        {
            return (new RestartDecision.Exit(), history);
        }

        if (run.Ready >= ForgivenAfter)
        {
            history = history with { Consecutive = 0, OnProbation = false };
        }

        if (history.OnProbation)
        {
            return (new RestartDecision.GiveUp("it failed on probation"), history with { OnProbation = false });
        }

        history = history with
        {
            Consecutive = history.Consecutive + 1,
            Recent = [.. history.Recent.Where(t => now - t < Window), now],
        };
        return (Spent(history) is { } why ? new RestartDecision.GiveUp(why) : new RestartDecision.Retry(Delay(history.Consecutive, jitter)), history);
    }

    /// <summary>The wait before the next attempt, after so many failures in a row.</summary>
    public static TimeSpan Delay(int consecutive, double jitter)
        => TimeSpan.FromSeconds(DelaySeconds[Math.Clamp(consecutive - 1, 0, DelaySeconds.Length - 1)] * (1 + (JitterShare * jitter)));

    /// <summary>The wait before a replica that was given up gets another chance; null: it gets none.</summary>
    public TimeSpan? Probation(double jitter)
        => settings.Mode == RestartMode.Never || settings.ProbationInterval is not { } interval ? null : interval * (1 + (JitterShare * jitter));

    private string? Spent(FailureHistory history)
    {
        if (settings.FailureBudget is not { } budget)
        {
            return null;
        }

        if (history.Consecutive >= budget)
        {
            return $"{Failures(history.Consecutive)} in a row";
        }

        // A small budget, as in development, is one of failures in a row; a replica that is well in between has the usual ten.
        return history.Recent.Length >= Math.Max(budget, SmallestWindowBudget)
            ? $"{Failures(history.Recent.Length)} within {Window.TotalMinutes:0} minutes"
            : null;
    }

    private static string Failures(int count) => count == 1 ? "1 failure" : $"{count} failures";
}

/// <summary>One process from launch to end.</summary>
/// <param name="Exit">How it ended, or what it was ended for.</param>
/// <param name="Alive">Time from launch to end.</param>
/// <param name="Ready">Time in which it was ready.</param>
internal readonly record struct EndedRun(ExitFacts Exit, TimeSpan Alive, TimeSpan Ready);

/// <summary>What the policy remembers of earlier failures.</summary>
internal sealed record FailureHistory
{
    public static FailureHistory Empty { get; } = new();

    /// <summary>Failures in a row.</summary>
    public int Consecutive { get; init; }

    /// <summary>When the failures of the last ten minutes happened.</summary>
    public ImmutableArray<TimeSpan> Recent { get; init; } = [];

    /// <summary>True for the one attempt that a replica gets after it was given up.</summary>
    public bool OnProbation { get; init; }
}

/// <summary>What is to be done after a process has ended.</summary>
internal abstract record RestartDecision
{
    /// <summary>It stays ended, and that is in order.</summary>
    public sealed record Exit : RestartDecision;

    /// <summary>It is given up.</summary>
    public sealed record GiveUp(string Why) : RestartDecision;

    /// <summary>It is started again after the delay.</summary>
    public sealed record Retry(TimeSpan Delay) : RestartDecision;
}
