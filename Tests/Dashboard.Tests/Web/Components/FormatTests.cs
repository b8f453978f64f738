using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Tests.Web.Components;

public sealed class FormatTests
{
    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0, "0s")]
    [InlineData(59.9, "59s")]
    [InlineData(60, "1m 00s")]
    [InlineData(725, "12m 05s")]
    [InlineData(11520, "3h 12m")]
    [InlineData(277200, "3d 05h")]
    public void Span_has_two_units_at_most(double seconds, string expected) => Format.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(2048, "2 KB")]
    [InlineData(110_100_480, "105 MB")]
    [InlineData(1_610_612_736, "1.5 GB")]
    public void Bytes_are_rounded(long bytes, string expected) => Format.Bytes(bytes).ShouldBe(expected);

    [Fact]
    public void Names_with_numbers_are_in_the_order_of_the_numbers()
    {
        string[] names = ["site-10", "nginx", "site-9", "Site-8", "site-010", "site"];

        names.Order(NaturalOrder.Instance).ShouldBe(["nginx", "site", "Site-8", "site-9", "site-10", "site-010"]);
    }

    [Fact]
    public void Replicas_on_neighbouring_ports_have_different_colours()
    {
        Enumerable.Range(8001, 12).Select(port => Tone.Hue($"site-{port}")).Distinct().Count().ShouldBe(12);
        Tone.Hue("nginx").ShouldBe(Tone.Hue("nginx"));
        Tone.Hue("x-999999999999999999").ShouldBeInRange(0, 11);
    }

    [Fact]
    public void Cookies_that_make_no_sense_are_ignored()
    {
        var viewer = Viewer.From(new Cookies { [Viewer.ThemeCookie] = "\"><script>", [Viewer.ZoneCookie] = "../../etc/passwd" });

        viewer.Theme.ShouldBeNull();
        viewer.Zone.ShouldBe(TimeZoneInfo.Utc);
    }

    [Fact]
    public void Times_are_in_the_zone_of_the_user()
    {
        var viewer = Viewer.From(new Cookies { [Viewer.ZoneCookie] = "Europe/Berlin" });

        viewer.PreciseClock(new DateTimeOffset(2026, 7, 1, 22, 30, 15, 7, TimeSpan.Zero)).ShouldBe("00:30:15.007");
        viewer.Full(new DateTimeOffset(2026, 7, 1, 22, 30, 15, 7, TimeSpan.Zero)).ShouldBe("2026-07-02 00:30:15.007 +02:00");
    }

    private sealed class Cookies : Dictionary<string, string>, Microsoft.AspNetCore.Http.IRequestCookieCollection
    {
        ICollection<string> Microsoft.AspNetCore.Http.IRequestCookieCollection.Keys => Keys;

        string? Microsoft.AspNetCore.Http.IRequestCookieCollection.this[string key] => TryGetValue(key, out var value) ? value : null;
    }
}
