using Aspire.Hosting.Pipelines;
using Stack.Hosting.Publishing.Pipelines;

namespace Hosting.Tests.Publishing.Pipelines;

public sealed class StepOrderTests
{
    [Fact]
    public void Steps_without_dependencies_keep_the_order_they_were_added_in()
        => Names(StepOrder.Plan([Step("c"), Step("a"), Step("b")], null)).ShouldBe("c a b");

    [Theory]
    [InlineData("a<b", "b a")]
    [InlineData("a<b b<c", "c b a")]
    [InlineData("a<b a<c", "b c a")]
    [InlineData("a>b", "a b")]
    [InlineData("c>a", "c a b")]
    [InlineData("a<c b>a", "c b a")]
    public void A_step_comes_after_what_it_depends_on_and_before_what_requires_it(string relations, string expected)
    {
        var steps = Steps(relations);

        Names(StepOrder.Plan(steps, null)).Split(' ').Where(n => expected.Contains(n, StringComparison.Ordinal)).ShouldBe(expected.Split(' '));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("b", "a b")]
    [InlineData("c", "a b c")]
    [InlineData("d", "d")]
    public void A_single_step_is_run_with_all_that_it_depends_on_and_nothing_else(string wanted, string expected)
        => Names(StepOrder.Plan([Step("a"), Step("b", "a"), Step("c", "b"), Step("d")], wanted)).ShouldBe(expected);

    [Fact]
    public void A_step_that_is_required_by_the_wanted_one_is_pulled_in()
    {
        var extra = Step("extra");
        extra.RequiredBy("publish");

        Names(StepOrder.Plan([Step("publish"), extra], "publish")).ShouldBe("extra publish");
    }

    [Fact]
    public void A_dependency_that_is_named_twice_counts_once()
    {
        var plan = StepOrder.Plan([Step("a"), Step("b", "a", "a")], null);

        plan[1].After.Select(s => s.Name).ShouldBe(["a"]);
    }

    [Fact]
    public void A_diamond_runs_each_step_once()
        => Names(StepOrder.Plan([Step("top", "left", "right"), Step("left", "base"), Step("right", "base"), Step("base")], null)).ShouldBe("base left right top");

    [Theory]
    [InlineData("a<a", "'a' -> 'a'")]
    [InlineData("a<b b<a", "'a' -> 'b' -> 'a'")]
    [InlineData("a<b b<c c<a", "'a' -> 'b' -> 'c' -> 'a'")]
    [InlineData("a>b b>a", "'a' -> 'b' -> 'a'")]
    [InlineData("b<c c<b", "'b' -> 'c' -> 'b'")]
    public void Steps_that_depend_on_each_other_in_a_circle_are_named_with_their_path(string relations, string path)
        => Should.Throw<InvalidOperationException>(() => StepOrder.Plan(Steps(relations), null))
            .Message.ShouldBe($"These steps depend on each other in a circle: {path}. Remove one of the dependencies.");

    [Fact]
    public void A_circle_that_the_wanted_step_does_not_reach_is_no_error()
        => Names(StepOrder.Plan([Step("a"), Step("b", "c"), Step("c", "b")], "a")).ShouldBe("a");

    [Fact]
    public void A_dependency_on_a_step_that_does_not_exist_names_both()
        => Should.Throw<InvalidOperationException>(() => StepOrder.Plan([Step("a", "nowhere")], null))
            .Message.ShouldBe("Step 'a' depends on step 'nowhere', which does not exist. Add that step, or correct the name.");

    [Fact]
    public void A_step_that_is_required_by_one_that_does_not_exist_names_both()
    {
        var step = Step("a");
        step.RequiredBy("nowhere");

        Should.Throw<InvalidOperationException>(() => StepOrder.Plan([step], null))
            .Message.ShouldBe("Step 'a' is required by step 'nowhere', which does not exist. Add that step, or correct the name.");
    }

    [Fact]
    public void All_unknown_dependencies_are_reported_at_once()
        => Should.Throw<InvalidOperationException>(() => StepOrder.Plan([Step("a", "x"), Step("b", "y")], null))
            .Message.Split(Environment.NewLine).Length.ShouldBe(2);

    [Fact]
    public void Names_of_steps_differ_by_case()
        => Should.Throw<InvalidOperationException>(() => StepOrder.Plan([Step("a", "B"), Step("b")], null)).Message.ShouldContain("'B'");

    [Fact]
    public void Two_steps_of_the_same_name_are_refused_with_their_owners()
    {
        var mine = Step("same");
        mine.Resource = Models.Empty().AddSite().Resource;

        Should.Throw<InvalidOperationException>(() => StepOrder.Plan([Step("same"), mine], null))
            .Message.ShouldBe("The pipeline has several steps of the same name: 'same' (of the pipeline itself and of resource 'site'). Give each step a name of its own.");
    }

    [Fact]
    public void An_unknown_wanted_step_is_answered_with_the_known_ones()
        => Should.Throw<InvalidOperationException>(() => StepOrder.Plan([Step("b"), Step("a")], "deploi"))
            .Message.ShouldBe("There is no step 'deploi'. Use --step with one of: 'a', 'b'.");

    private static PipelineStep[] Steps(string relations)
    {
        PipelineStep[] steps = [Step("a"), Step("b"), Step("c")];
        foreach (var relation in relations.Split(' '))
        {
            var (one, other) = (steps.Single(s => s.Name[0] == relation[0]), steps.Single(s => s.Name[0] == relation[2]));
            if (relation[1] == '<')
            {
                one.DependsOn(other);
            }
            else
            {
                one.RequiredBy(other);
            }
        }

        return steps;
    }

    private static PipelineStep Step(string name, params string[] after) => new() { Name = name, Action = _ => Task.CompletedTask, DependsOnSteps = [.. after] };

    private static string Names(IEnumerable<PlannedStep> plan) => string.Join(' ', plan.Select(s => s.Step.Name));
}
