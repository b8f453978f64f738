using Stack.Dashboard.Web.Charts;

namespace Dashboard.Tests.Web.Charts;

public sealed class MeasureTests
{
    [Theory]
    [InlineData(0.0124, "s", "12.4 ms")]
    [InlineData(0.00000213, "s", "2.13 µs")]
    [InlineData(75, "s", "75 s")]
    [InlineData(12.5, "ms", "12.5 ms")]
    [InlineData(1500, "ms", "1.5 s")]
    [InlineData(0, "s", "0 s")]
    [InlineData(92_274_688, "By", "88 MB")]
    [InlineData(512, "By", "512 B")]
    [InlineData(2048, "By/s", "2 KB/s")]
    [InlineData(3.44, "%", "3.44 %")]
    [InlineData(9_999, "1", "9,999")]
    [InlineData(12_000, null, "12k")]
    [InlineData(12_000, "/s", "12k/s")]
    [InlineData(7, "{request}", "7 request")]
    [InlineData(-0.5, "1", "-0.5")]
    [InlineData(double.NaN, "s", "–")]
    public void A_number_is_written_in_the_unit_that_fits(double value, string? unit, string text) => Measure.Text(value, unit).ShouldBe(text);

    [Theory]
    [InlineData(0.083, "s", "0 ms, 25 ms, 50 ms, 75 ms, 100 ms")]
    [InlineData(7, null, "0, 2, 4, 6, 8")]
    [InlineData(100, null, "0, 25, 50, 75, 100")]
    [InlineData(0, null, "0, 0.25, 0.5, 0.75, 1")]
    [InlineData(150_000_000, "By", "0 MB, 50 MB, 100 MB, 150 MB")]
    public void An_axis_has_round_steps(double largest, string? unit, string labels)
    {
        var steps = Measure.Steps(largest, unit);

        string.Join(", ", steps.Select(s => Measure.Text(s, steps[^1], unit))).ShouldBe(labels);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.3)]
    [InlineData(41)]
    [InlineData(99_999)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-3)]
    public void Its_last_step_holds_the_largest_value(double largest)
    {
        var steps = Measure.Steps(largest, "s");

        steps.Count.ShouldBeInRange(3, 6);
        steps[^1].ShouldBeGreaterThanOrEqualTo(double.IsFinite(largest) ? largest : 0);
    }

    [Fact]
    public void A_line_has_a_new_piece_after_a_gap_and_a_dot_for_a_value_alone()
    {
        PathData.Line([0, 10, null, 5, null, double.NaN, 20], 70, 100, 10).ShouldBe("M5 100L15 0M35 50h.1M65 0h.1");
        PathData.Line([], 70, 100, 10).ShouldBe("");
    }
}
