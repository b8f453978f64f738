using Aspire.Hosting;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

public sealed class DesiredReplicasTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly RecordingLogger _logger = new();

    private string File => Path.Combine(_temp.Path, "desired.json");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_number_that_was_asked_for_holds_over_a_restart()
    {
        Start(declared: 4).Desired.Keep("site", 6);

        Start(declared: 4).Replicas.ShouldBe(6);
        Start(declared: 4).Replicas.ShouldBe(6);
    }

    [Fact]
    public void Nought_is_a_number()
    {
        Start(declared: 4).Desired.Keep("site", 0);

        var (replicas, _) = Start(declared: 4);

        replicas.ShouldBe(0);
    }

    [Fact]
    public void Another_number_in_the_AppHost_wins_and_the_kept_one_is_forgotten()
    {
        Start(declared: 4).Desired.Keep("site", 6);

        Start(declared: 3).Replicas.ShouldBe(3);
        Start(declared: 4).Replicas.ShouldBe(4);
    }

    [Fact]
    public void The_AppHosts_own_number_need_not_be_kept()
    {
        Start(declared: 4).Desired.Keep("site", 6);
        Start(declared: 4).Desired.Keep("site", 4);

        Start(declared: 4).Replicas.ShouldBe(4);
        System.IO.File.ReadAllText(File).ShouldBe("{}");
    }

    [Fact]
    public void A_file_that_can_not_be_read_is_reported_and_the_AppHosts_number_holds()
    {
        System.IO.File.WriteAllText(File, "{ torn");

        Start(declared: 4).Replicas.ShouldBe(4);

        _logger.Entries.ShouldContain(e => e.Id == 3131);
    }

    private (int Replicas, DesiredReplicas Desired) Start(int declared)
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(declared).WithSequentialPorts(8001);
        var desired = new DesiredReplicas(File, _logger);
        desired.Apply(builder.Resources);
        return (Plans.Of(builder).Resources.Single().Replicas.Count, desired);
    }
}
