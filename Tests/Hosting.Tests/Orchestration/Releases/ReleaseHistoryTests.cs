using Stack.Hosting.Orchestration.Releases;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class ReleaseHistoryTests
{
    [Fact]
    public void Deploys_grow_the_stack_and_rollbacks_take_from_it()
    {
        var three = ReleaseHistory.Empty.Deployed("a").Deployed("b").Deployed("c");

        three.Current.ShouldBe("c");
        three.Before.ShouldBe(["build", "a", "b"]);
        var back = three.BackTo(three.Previous!);
        (back.Current, back.Previous).ShouldBe(("b", "a"));
        back = back.BackTo("a");
        (back.Current, back.Previous).ShouldBe(("a", "build"));
        back.BackTo("build").Previous.ShouldBeNull();
    }

    [Fact]
    public void Going_back_over_several_drops_those_between()
    {
        var back = ReleaseHistory.Empty.Deployed("a").Deployed("b").Deployed("c").BackTo("a");

        back.Current.ShouldBe("a");
        back.Before.ShouldBe(["build"]);
    }

    [Fact]
    public void One_that_was_left_by_a_rollback_comes_onto_the_stack_again()
    {
        var forth = ReleaseHistory.Empty.Deployed("a").Deployed("b").BackTo("a").BackTo("b");

        forth.Current.ShouldBe("b");
        forth.Before.ShouldBe(["build", "a"]);
    }

    [Fact]
    public void None_is_twice_on_the_stack()
        => ReleaseHistory.Empty.Deployed("a").Deployed("build").Deployed("a").Before.ShouldBe(["build"]);

    [Fact]
    public void Those_that_are_gone_are_passed_over()
        => ReleaseHistory.Empty.Deployed("a").Deployed("b").Deployed("c").Only(new HashSet<string> { "a" }).Previous.ShouldBe("a");
}
