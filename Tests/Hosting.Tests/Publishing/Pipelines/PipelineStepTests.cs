using Aspire.Hosting.Pipelines;

namespace Hosting.Tests.Publishing.Pipelines;

public sealed class PipelineStepTests
{
    [Fact]
    public void A_step_names_its_dependencies_by_name_or_by_step()
    {
        var (step, other) = (Step("step"), Step("other"));

        step.DependsOn("first");
        step.DependsOn(other);
        step.RequiredBy("last");
        step.RequiredBy(other);

        step.DependsOnSteps.ShouldBe(["first", "other"]);
        step.RequiredBySteps.ShouldBe(["last", "other"]);
        step.ToString().ShouldBe("Step 'step'");
    }

    [Fact]
    public void Several_steps_get_the_same_dependency()
    {
        PipelineStep[] steps = [Step("a"), Step("b")];

        steps.DependsOn("first").RequiredBy("last").DependsOn(Step("second")).RequiredBy(Step("end"))
            .DependsOn([Step("third"), Step("fourth")]).RequiredBy([Step("very-end")]);

        steps.ShouldAllBe(s => s.DependsOnSteps.SequenceEqual(new[] { "first", "second", "third", "fourth" }, StringComparer.Ordinal));
        steps.ShouldAllBe(s => s.RequiredBySteps.SequenceEqual(new[] { "last", "end", "very-end" }, StringComparer.Ordinal));
    }

    [Fact]
    public void A_dependency_that_is_not_there_changes_nothing()
    {
        PipelineStep[] steps = [Step("a")];

        steps.DependsOn((PipelineStep?)null).RequiredBy((PipelineStep?)null).DependsOn("").RequiredBy("");

        steps[0].DependsOnSteps.ShouldBeEmpty();
        steps[0].RequiredBySteps.ShouldBeEmpty();
    }

    private static PipelineStep Step(string name) => new() { Name = name, Action = _ => Task.CompletedTask };
}
