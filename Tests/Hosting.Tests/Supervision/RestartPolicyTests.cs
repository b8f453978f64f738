using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;

namespace Hosting.Tests.Supervision;

public class RestartPolicyTests
{
    private static readonly TimeSpan StartSecs = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(6, 16)]
    [InlineData(7, 32)]
    [InlineData(8, 60)]
    [InlineData(9, 60)]
    [InlineData(1000, 60)]
    public void Delay_grows_with_failures_in_a_row_up_to_a_minute(int failures, int seconds)
    {
        RestartPolicy.Delay(failures, jitter: 0).ShouldBe(TimeSpan.FromSeconds(seconds));
        RestartPolicy.Delay(failures, jitter: 1).ShouldBe(TimeSpan.FromSeconds(seconds * 1.25));
    }

    [Fact]
    public void Ten_failures_in_a_row_are_the_budget()
    {
        var policy = Policy(RestartMode.Always);
        var history = FailureHistory.Empty;
        var now = TimeSpan.Zero;

        for (var failure = 1; failure < 10; failure++)
        {
            (var decision, history) = policy.Decide(Run(ExitKind.Code, 1, alive: 2), history, now, 0);
            decision.ShouldBe(new RestartDecision.Retry(RestartPolicy.Delay(failure, 0)));
            now += TimeSpan.FromMinutes(2);
        }

        var (last, _) = policy.Decide(Run(ExitKind.Code, 1, alive: 2), history, now, 0);
        last.ShouldBe(new RestartDecision.GiveUp("10 failures in a row"));
    }

    [Fact]
    public void Ten_failures_in_ten_minutes_are_the_budget_even_with_good_minutes_between()
    {
        var (last, count) = FailUntilGivenUp(Policy(RestartMode.Always), ready: 60, every: TimeSpan.FromSeconds(65));

        count.ShouldBe(10);
        last.ShouldBe(new RestartDecision.GiveUp("10 failures within 10 minutes"));
    }

    [Fact]
    public void A_crash_each_two_minutes_is_restarted_for_ever_and_at_once()
    {
        var policy = Policy(RestartMode.Always);
        var history = FailureHistory.Empty;

        for (var crash = 0; crash < 100; crash++)
        {
            (var decision, history) = policy.Decide(Run(ExitKind.Code, 1, alive: 120, ready: 119), history, TimeSpan.FromMinutes(2 * crash), 0);
            decision.ShouldBe(new RestartDecision.Retry(TimeSpan.Zero));
        }
    }

    [Fact]
    public void Development_allows_three_failures_in_a_row()
    {
        var (last, count) = FailUntilGivenUp(Policy(RestartMode.Always, budget: 3), ready: 0, every: TimeSpan.FromHours(1));

        count.ShouldBe(3);
        last.ShouldBe(new RestartDecision.GiveUp("3 failures in a row"));
    }

    [Fact]
    public void A_small_budget_counts_failures_in_a_row_only()
    {
        var (_, count) = FailUntilGivenUp(Policy(RestartMode.Always, budget: 3), ready: 61, every: TimeSpan.FromSeconds(62));

        count.ShouldBe(10);
    }

    [Fact]
    public void Without_a_budget_it_is_never_given_up()
    {
        var policy = Policy(RestartMode.Always, budget: null);
        var history = FailureHistory.Empty;

        for (var failure = 1; failure <= 200; failure++)
        {
            (var decision, history) = policy.Decide(Run(ExitKind.Code, 1), history, TimeSpan.FromSeconds(failure), 0);
            decision.ShouldBe(new RestartDecision.Retry(RestartPolicy.Delay(failure, 0)));
        }
    }

    [Theory]
    [InlineData(59, 4)]
    [InlineData(60, 1)]
    public void Only_a_minute_of_readiness_forgives(int ready, int consecutive)
    {
        var history = new FailureHistory { Consecutive = 3 };

        var (_, after) = Policy(RestartMode.Always).Decide(Run(ExitKind.Code, 1, alive: 1000, ready: ready), history, TimeSpan.FromHours(1), 0);

        after.Consecutive.ShouldBe(consecutive);
    }

    [Theory]
    [InlineData(RestartMode.Never, ExitKind.Code, 0, 0, false)]
    [InlineData(RestartMode.Never, ExitKind.Code, 1, 5, false)]
    [InlineData(RestartMode.Never, ExitKind.Signal, 9, 5, false)]
    [InlineData(RestartMode.Never, ExitKind.Unknown, 0, 5, false)]
    [InlineData(RestartMode.OnFailure, ExitKind.Code, 0, 5, false)]
    [InlineData(RestartMode.OnFailure, ExitKind.Code, 0, 0.5, true)]
    [InlineData(RestartMode.OnFailure, ExitKind.Code, 1, 5, true)]
    [InlineData(RestartMode.OnFailure, ExitKind.Signal, 15, 5, false)]
    [InlineData(RestartMode.OnFailure, ExitKind.Code, 143, 5, false)]
    [InlineData(RestartMode.OnFailure, ExitKind.Signal, 9, 5, true)]
    [InlineData(RestartMode.OnFailure, ExitKind.Unknown, 0, 5, true)]
    [InlineData(RestartMode.OnFailure, ExitKind.StartTimeout, 0, 60, true)]
    [InlineData(RestartMode.OnFailure, ExitKind.LaunchTransient, 0, 0, true)]
    [InlineData(RestartMode.Always, ExitKind.Code, 0, 5, true)]
    [InlineData(RestartMode.Always, ExitKind.Signal, 15, 5, true)]
    [InlineData(RestartMode.Always, ExitKind.Unhealthy, 0, 5, true)]
    internal void Mode_and_success_codes_decide_whether_an_end_is_a_failure(RestartMode mode, ExitKind kind, int value, double alive, bool retried)
    {
        var policy = new RestartPolicy(new RestartSettings { Mode = mode, SuccessExitCodes = new HashSet<int> { 0, 143 } }, StartSecs);

        var (decision, history) = policy.Decide(Run(kind, value, alive), FailureHistory.Empty, TimeSpan.Zero, 0);

        decision.ShouldBe(retried ? new RestartDecision.Retry(TimeSpan.Zero) : new RestartDecision.Exit());
        history.Consecutive.ShouldBe(retried ? 1 : 0);
    }

    [Theory]
    [InlineData(RestartMode.Never)]
    [InlineData(RestartMode.OnFailure)]
    [InlineData(RestartMode.Always)]
    public void A_launch_that_can_not_succeed_is_given_up_at_once(RestartMode mode)
    {
        var (decision, history) = Policy(mode).Decide(Run(ExitKind.LaunchPermanent, 0), FailureHistory.Empty, TimeSpan.Zero, 0);

        decision.ShouldBeOfType<RestartDecision.GiveUp>();
        history.ShouldBe(FailureHistory.Empty);
    }

    [Fact]
    public void Failure_on_probation_goes_back_to_given_up_without_counting()
    {
        var history = new FailureHistory { Consecutive = 10, OnProbation = true };

        var (decision, after) = Policy(RestartMode.Always).Decide(Run(ExitKind.Code, 1, alive: 5, ready: 4), history, TimeSpan.FromHours(1), 0);

        decision.ShouldBe(new RestartDecision.GiveUp("it failed on probation"));
        after.Consecutive.ShouldBe(10);
        after.OnProbation.ShouldBeFalse();
    }

    [Fact]
    public void Probation_has_jitter_and_can_be_turned_off()
    {
        Policy(RestartMode.Always).Probation(0).ShouldBe(TimeSpan.FromMinutes(5));
        Policy(RestartMode.Always).Probation(1).ShouldBe(TimeSpan.FromMinutes(6.25));
        Policy(RestartMode.Never).Probation(0).ShouldBeNull();
        new RestartPolicy(new RestartSettings { Mode = RestartMode.Always, ProbationInterval = null }, StartSecs).Probation(0).ShouldBeNull();
    }

    private static (RestartDecision Last, int Count) FailUntilGivenUp(RestartPolicy policy, double ready, TimeSpan every)
    {
        var history = FailureHistory.Empty;
        for (var count = 1; count < 100; count++)
        {
            (var decision, history) = policy.Decide(Run(ExitKind.Code, 1, alive: ready + 1, ready: ready), history, every * count, 0);
            if (decision is not RestartDecision.Retry)
            {
                return (decision, count);
            }
        }

        throw new InvalidOperationException("It was not given up within 100 failures.");
    }

    private static RestartPolicy Policy(RestartMode mode, int? budget = 10) => new(new RestartSettings { Mode = mode, FailureBudget = budget }, StartSecs);

    private static EndedRun Run(ExitKind kind, int value, double alive = 0, double ready = 0)
        => new(new ExitFacts(kind, value), TimeSpan.FromSeconds(alive), TimeSpan.FromSeconds(ready));
}
