using Gateway;

namespace Benchmarks.Tests;

/// <summary>What several measurements are made into.</summary>
public sealed class ResultsTests
{
    [Fact]
    public void A_ratio_is_taken_round_by_round()
    {
        Results results = new([Sample("Stack", 100), Sample("Stack", 300), Sample("Stack", 80), Sample("classic", 50), Sample("classic", 100), Sample("classic", 80)]);

        results.Ratio("page", 4, "Stack", "classic", s => s.RequestsPerSecond).ShouldBe(new Spread(2, 1, 3));
    }

    [Fact]
    public void What_is_measured_again_replaces_what_an_earlier_run_measured()
    {
        Results results = new([Sample("Stack", 100), Sample("Stack", 200), Sample("classic", 50)]);

        results.Add(Sample("Stack", 300));
        results.Add(Sample("Stack", 400));

        results.Of("page", 4, "Stack", s => s.RequestsPerSecond).ShouldBe(new Spread(350, 300, 400));
        results.Of("page", 4, "classic", s => s.RequestsPerSecond).ShouldBe(new Spread(50, 50, 50));
    }

    [Fact]
    public void What_was_not_measured_has_no_value() => new Results([]).Of("page", 4, "Stack", s => s.P99).ShouldBeNull();

    private static Sample Sample(string proxy, double requestsPerSecond) => new()
    {
        Load = "page",
        Replicas = 4,
        Proxy = proxy,
        RequestsPerSecond = requestsPerSecond,
        P50 = 1,
        P99 = 2,
        ProxyCpu = 3,
        SiteCpu = 4,
        LoadCpu = 5,
        SiteSleeps = 6,
        NewConnections = 7,
        Failed = 0,
    };
}
