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
        filter.Limit.ShouldBe(200);
        request.BeforeId.ShouldBe(17);
        request.Address(99).ShouldBe("/structuredlogs?resource=site-8001&resource=a%26b&level=Warning&q=two%20words&traceId=4bf92f3577&before=99");
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
