using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Tests.Web.Components;

public sealed class TraceFiguresTests
{
    private static readonly TimeRange Range = new() { From = Samples.Time, To = Samples.Time.AddSeconds(100), IsChosen = true };
    private static readonly TraceRequest Request = new() { From = "1795335300000", To = "1795335400000", Before = "1.2" };

    [Fact]
    public void Percentiles_are_by_instance_and_by_route_and_lead_to_these()
    {
        var entries = Enumerable.Range(1, 100).Select(n => Entry(n, $"site-800{n % 2}", n % 4 < 2 ? "GET /a" : "GET /b", n, isError: n == 7)).Append(Entry(1, "nginx", "GET", 9, service: "nginx"));

        var figures = TraceFigures.From(new TraceSample([.. entries], true), Request, Range, new Viewer())!;

        figures.Instances.Select(row => (row.Name, row.Count, row.P50, row.P95, row.P99, row.Errors)).ShouldBe(
            [("nginx", 1, "9 ms", "9 ms", "9 ms", 0), ("site-8000", 50, "50 ms", "96 ms", "100 ms", 0), ("site-8001", 50, "49 ms", "95 ms", "99 ms", 1)]);
        figures.Routes.Select(row => (row.Name, row.Service, row.Count)).ShouldBe([("GET /a", "site", 50), ("GET /b", "site", 50), ("GET", "nginx", 1)]);
        figures.Routes[0].Address.ShouldBe("/traces?from=1795335300000&to=1795335400000&route=GET%20%2Fa");
        figures.Instances[0].Address.ShouldBe("/traces?from=1795335300000&to=1795335400000&resource=nginx");
        (figures.Count, figures.IsComplete).ShouldBe((101, true));
    }

    [Fact]
    public void What_is_chosen_leads_back_to_all()
    {
        var request = Request with { Resource = ["SITE-8000"], Route = "GET /a" };

        var figures = TraceFigures.From(new TraceSample([Entry(1, "site-8000", "GET /a", 5)], true), request, Range, new Viewer())!;

        (figures.Instances[0].IsChosen, figures.Routes[0].IsChosen).ShouldBe((true, true));
        figures.Instances[0].Address.ShouldBe("/traces?from=1795335300000&to=1795335400000&route=GET%20%2Fa");
        figures.Routes[0].Address.ShouldBe("/traces?from=1795335300000&to=1795335400000&resource=SITE-8000");
    }

    [Fact]
    public void Dots_stand_by_time_and_by_the_logarithm_of_the_duration()
    {
        var sample = new TraceSample([Entry(1, "site", "a", 1, at: 0), Entry(2, "site", "b", 10, at: 50), Entry(3, "site", "c", 100, at: 100, isError: true), Entry(2, "site", "inner", 2, at: 50, isError: true)], true);

        var chart = DurationChart.From(sample, Request, Range, new Viewer());

        chart.Dots.Select(dot => (dot.X, dot.Y, dot.IsError, dot.Address)).ShouldBe(
        [
            ("0", "200", false, $"/traces/detail/{1:x32}?t=1795335300000"),
            ("500", "100", true, $"/traces/detail/{2:x32}?t=1795335350000"),
            ("1000", "0", true, $"/traces/detail/{3:x32}?t=1795335400000"),
        ]);
        chart.Lines.ShouldBe([("100 ms", "0"), ("10 ms", "100"), ("1 ms", "200")]);
        chart.Summary.ShouldBe("3 traces, 2 with errors: half took up to 10 ms, the longest 100 ms.");
        chart.Bars.Select(bar => (bar.Range, bar.Count, bar.Errors, bar.Width, bar.ErrorWidth)).ShouldBe(
            [("1 ms – 1.47 ms", 1, 0, "100", null), ("10 ms – 14.7 ms", 1, 1, "100", "100"), ("68.1 ms – 100 ms", 1, 1, "100", "100")]);
        chart.Bars[1].Address.ShouldBe("/traces?from=1795335300000&to=1795335400000&min=10&max=14.678");
    }

    [Fact]
    public void Many_dots_become_few_and_no_error_is_hidden_below_others()
    {
        var sample = new TraceSample([.. Enumerable.Range(0, 20_000).Select(n => Entry(n, "site", "a", 1 + (n % 997), at: n % 100, isError: n == 1234))], true);

        var chart = DurationChart.From(sample, Request, Range, new Viewer());

        chart.Dots.Count.ShouldBeLessThanOrEqualTo(700);
        chart.Dots.Sum(dot => dot.Count).ShouldBe(20_000);
        chart.Dots.Where(dot => dot.IsError).ShouldHaveSingleItem().Address.ShouldStartWith($"/traces/detail/{1234:x32}");
        chart.Dots[^1].IsError.ShouldBeTrue("errors are drawn above the others");
    }

    [Fact]
    public void Of_nothing_there_are_no_figures() => TraceFigures.From(new TraceSample([], true), Request, Range, new Viewer()).ShouldBeNull();

    [Fact]
    public void A_request_keeps_what_makes_sense_and_drops_the_rest()
    {
        new TraceRequest { Range = "6h", From = "5", Resource = ["a", " ", "A", "b&c"], Errors = "yes", Status = "6xx", Min = "-1", Max = "1.5", Text = " slow ", Sort = "name", After = "7" }.Address()
            .ShouldBe("/traces?range=6h&resource=a&resource=b%26c&max=1.5&q=slow");
        new TraceRequest { Status = "5XX" }.Filter(Samples.Time).Status.ShouldBe((500, 599));
        new TraceRequest { Status = "404" }.Filter(Samples.Time).Status.ShouldBe((404, 404));
        new TraceRequest { Max = "0.5" }.Filter(Samples.Time).MaxDuration.ShouldBe(TimeSpan.FromMicroseconds(500));
        new TraceRequest().Filter(Samples.Time).From.ShouldBe(Samples.Time.AddHours(-1));
    }

    private static SampledEntry Entry(int trace, string instance, string name, double milliseconds, int at = 0, bool isError = false, string service = "site") =>
        new(new TraceKey(0, trace), service, instance, name, UnixTicks.Of(Samples.Time.AddSeconds(at)), (long)(milliseconds * 1e6), isError);
}
