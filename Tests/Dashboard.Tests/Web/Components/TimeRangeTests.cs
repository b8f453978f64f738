using Stack.Dashboard.Web.Components;

namespace Dashboard.Tests.Web.Components;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("15m", 15)]
    [InlineData("24H", 1440)]
    [InlineData("nonsense", 60)]
    [InlineData(null, 60)]
    public void A_relative_range_ends_now(string? key, int minutes)
    {
        var range = TimeRange.Parse(key, null, null, Now, "1h");

        range.To.ShouldBe(Now);
        range.Length.TotalMinutes.ShouldBe(minutes);
        range.IsChosen.ShouldBe(key is "15m" or "24H");
    }

    [Theory]
    [InlineData("2026-11-28T10:00:00Z", "2026-11-28T11:00:00Z")]
    [InlineData("2026-11-28T10:00:00", "2026-11-28T12:00:00+01:00")]
    [InlineData("1795860000000", "1795863600000")]
    public void Bounds_are_ISO_8601_or_milliseconds(string from, string to)
    {
        var range = TimeRange.Parse(null, from, to, Now, "1h");

        range.From.ShouldBe(Now.AddHours(-2));
        range.To.ShouldBe(Now.AddHours(-1));
        range.Query.ShouldBe("from=1795860000000&to=1795863600000");
        TimeRange.Parse(null, "1795860000000", "1795863600000", Now, "1h").ShouldBe(range);
    }

    [Fact]
    public void Without_an_end_it_goes_until_now() => TimeRange.Parse(null, "2026-11-28T10:00:00Z", null, Now, "1h").Length.ShouldBe(TimeSpan.FromHours(2));

    [Theory]
    [InlineData("2026-11-28T11:00:00Z", "2026-11-28T10:00:00Z")]
    [InlineData("yesterday", "today")]
    [InlineData("99999999999999999999", "1")]
    [InlineData("9223372036854775807", null)]
    public void Bounds_that_mean_nothing_count_as_not_given(string from, string? to) =>
        TimeRange.Parse(null, from, to, Now, "1h").ShouldBe(TimeRange.Parse(null, null, null, Now, "1h"));
}
