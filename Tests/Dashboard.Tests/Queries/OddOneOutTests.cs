using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Tests.Queries;

public sealed class OddOneOutTests
{
    private const double MB = 1 << 20;

    [Fact]
    public void An_instance_that_takes_over_twice_as_long_as_the_others_is_named_with_both_values()
    {
        var found = OddOneOut.Find([Slow("a", 0.04), Slow("b", 0.05), Slow("c", 0.21), Slow("d", 0.06)]);

        found.ShouldBe([new Oddity("c", OddMeasure.P95, 0.21, 0.05)]);
    }

    [Theory]
    [InlineData(0.1, 0.05, 1000, false)] // twice, not over it
    [InlineData(0.11, 0.05, 1000, true)]
    [InlineData(0.049, 0.01, 1000, false)] // under 50 ms nobody waits
    [InlineData(0.051, 0.01, 1000, true)]
    [InlineData(0.9, 0.05, 99, false)] // too few requests to say so
    [InlineData(0.9, 0.05, 100, true)]
    public void Durations_have_a_floor_and_need_a_hundred_requests(double own, double others, double requests, bool odd) =>
        (OddOneOut.Find([new("a", requests, P95: own), Slow("b", others), Slow("c", others)]).Count == 1).ShouldBe(odd);

    [Theory]
    [InlineData(4, 100, 0, false)] // four errors may be chance
    [InlineData(5, 100, 0, true)]
    [InlineData(9, 1000, 0, false)] // under one per cent
    [InlineData(10, 1000, 0, true)]
    [InlineData(30, 1000, 15, false)]
    [InlineData(31, 1000, 15, true)]
    public void Errors_need_a_share_and_a_number(double errors, double requests, double othersInThousand, bool odd) =>
        (OddOneOut.Find([new("a", requests, errors), new("b", 1000, othersInThousand), new("c", 1000, othersInThousand)]).Count == 1).ShouldBe(odd);

    [Theory]
    [InlineData(0.2, 0.01, false)]
    [InlineData(0.21, 0.01, true)]
    [InlineData(0.9, 0.5, false)]
    public void Processor_time_has_a_floor_of_a_fifth_of_a_core(double own, double others, bool odd) =>
        (OddOneOut.Find([new("a", Cpu: own), new("b", Cpu: others), new("c", Cpu: others)]).Count == 1).ShouldBe(odd);

    [Theory]
    [InlineData(190, 92, false)] // twice, but less than 100 MB more
    [InlineData(205, 101, true)]
    [InlineData(350, 200, false)]
    public void Memory_has_to_be_twice_as_much_and_a_hundred_megabytes_more(double own, double others, bool odd) =>
        (OddOneOut.Find([new("a", Memory: own * MB), new("b", Memory: others * MB), new("c", Memory: others * MB)]).Count == 1).ShouldBe(odd);

    [Fact]
    public void Fewer_than_three_with_a_value_are_no_comparison()
    {
        OddOneOut.Find([Slow("a", 9)]).ShouldBeEmpty();
        OddOneOut.Find([Slow("a", 9), Slow("b", 0.01)]).ShouldBeEmpty();
        OddOneOut.Find([Slow("a", 9), Slow("b", 0.01), new("c"), new("d", 50, P95: 0.01)]).ShouldBeEmpty();
        OddOneOut.Find([Slow("a", 9), Slow("b", 0.01), Slow("c", 0.01), new("d")]).Single().Name.ShouldBe("a");
    }

    private static InstanceMeasures Slow(string name, double p95) => new(name, 1000, P95: p95);
}
