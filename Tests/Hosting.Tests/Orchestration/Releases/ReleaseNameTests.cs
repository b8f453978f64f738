using Stack.Hosting.Orchestration.Releases;

namespace Hosting.Tests.Orchestration.Releases;

public sealed class ReleaseNameTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 14, 30, 5, TimeSpan.FromHours(2.5));

    [Fact]
    public void A_name_is_the_time_in_UTC_and_a_label()
    {
        var name = ReleaseName.Create(Noon, "v1.2");

        name.ShouldBe("20261128-120005-v1.2");
        ReleaseName.MadeAt(name).ShouldBe(Noon);
    }

    [Theory]
    [InlineData("v1.2", true)]
    [InlineData("7f3a09c1", true)]
    [InlineData("2026-11_rc.1", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData(".hidden", false)]
    [InlineData("-rf", false)]
    [InlineData("../../etc", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    [InlineData("12345678901234567890123456789012345678901", false)]
    public void A_label_can_lead_nowhere(string text, bool isLabel) => ReleaseName.IsLabel(text).ShouldBe(isLabel);

    [Theory]
    [InlineData("build")]
    [InlineData("current.json")]
    [InlineData(".draft-20261128-120005-v1")]
    [InlineData("20261128-120005")]
    [InlineData("20261128-120005-")]
    [InlineData("20261328-120005-v1")]
    [InlineData("20261128-120005-../x")]
    [InlineData("../20261128-120005-v1")]
    public void Other_things_are_no_names(string text) => ReleaseName.MadeAt(text).ShouldBeNull();

    [Theory]
    [InlineData("20261128-120005-v1.2", true)]
    [InlineData("V1.2", true)]
    [InlineData("v1", false)]
    [InlineData("20261128", false)]
    public void A_release_is_asked_for_by_its_name_or_its_label(string asked, bool fits) => ReleaseName.Fits("20261128-120005-v1.2", asked).ShouldBe(fits);
}
