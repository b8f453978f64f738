using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class LogRequestTests
{
    [Fact]
    public void Filter_and_address_say_the_same()
    {
        var request = new LogRequest { Resource = ["site-8001", "SITE-8001", " ", "a&b"], Level = "warning", Text = " two words ", TraceId = "4bf92f3577", Before = "17" };

        var filter = request.Filter();

        filter.Resources.ShouldBe(["site-8001", "a&b"]);
        filter.MinSeverity.ShouldBe(13);
        filter.Text.ShouldBe("two words");
        filter.TraceId.ShouldBe("4bf92f3577");
        filter.Limit.ShouldBe(100);
        request.BeforeId.ShouldBe(17);
        request.Address(99).ShouldBe("/structuredlogs?resource=site-8001&resource=a%26b&level=Warning&q=two%20words&traceId=4bf92f3577&before=99");
    }

    [Fact]
    public void Range_columns_and_view_are_in_the_address_and_a_range_that_goes_on_has_no_end()
    {
        var request = new LogRequest { Range = "1h", Col = ["level", "", "Order Id"], View = "templates" };
        var now = new DateTimeOffset(2026, 11, 28, 15, 0, 0, TimeSpan.Zero);

        request.Address(record: "5").ShouldBe("/structuredlogs?range=1h&col=level&col=Order%20Id&view=templates&record=5");
        request.Filter(request.Times(now)).From.ShouldBe(now.AddHours(-1));
        request.Filter(request.Times(now)).To.ShouldBeNull();
        var standing = new LogRequest { From = "2026-11-28T10:00:00Z", To = "2026-11-28T11:00:00Z" };
        standing.Filter(standing.Times(now)).From.ShouldBe(now.AddHours(-5));
        standing.Filter(standing.Times(now)).To.ShouldBe(now.AddHours(-4));
        new LogRequest().Filter(new LogRequest().Times(now)).From.ShouldBeNull();
    }

    [Theory]
    [InlineData("Loud")]
    [InlineData("13")]
    [InlineData("")]
    [InlineData(null)]
    public void Unknown_level_means_all(string? level)
    {
        var request = new LogRequest { Level = level, Before = "-1", After = "x" };

        request.Filter().MinSeverity.ShouldBe(0);
        request.IsFiltered.ShouldBeFalse();
        request.Address().ShouldBe("/structuredlogs");
        request.BeforeId.ShouldBeNull();
        request.AfterId.ShouldBeNull();
    }
}
