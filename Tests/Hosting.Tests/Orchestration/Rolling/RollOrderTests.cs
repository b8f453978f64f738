using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration.Rolling;

namespace Hosting.Tests.Orchestration.Rolling;

public sealed class RollOrderTests
{
    [Fact]
    public void Replicas_that_are_not_ready_come_first_then_it_goes_by_index()
    {
        InstanceSnapshot[] all = [Ready(0), Ready(1), Ready(2) with { Health = InstanceHealth.NotReady }, Ready(3) with { State = InstanceState.Backoff, Health = InstanceHealth.Unknown }];
        HashSet<string> left = [.. all.Select(r => r.Name)];
        List<string> order = [];
        while (RollOrder.Next(all, left) is RollStep.Take take)
        {
            order.Add(take.Replica);
            left.Remove(take.Replica);
        }

        order.ShouldBe(["site-8003", "site-8004", "site-8001", "site-8002"]);
    }

    [Theory]
    [InlineData("Waiting")]
    [InlineData("Starting")]
    [InlineData("Backoff")]
    [InlineData("Stopping")]
    [InlineData("Running")]
    public void The_last_one_that_serves_waits_for_another_one_that_may_come(string state)
    {
        var other = Ready(0) with { State = Enum.Parse<InstanceState>(state), Health = InstanceHealth.NotReady };

        RollOrder.Next([other, Ready(1)], new HashSet<string> { "site-8002" }).ShouldBe(new RollStep.Await("site-8001", "site-8002"));
    }

    [Theory]
    [InlineData("Fatal")]
    [InlineData("Exited")]
    [InlineData("Unknown")]
    public void It_does_not_wait_for_one_that_does_not_come_by_itself(string state)
    {
        var other = Ready(0) with { State = Enum.Parse<InstanceState>(state), Health = InstanceHealth.Unknown };

        RollOrder.Next([other, Ready(1)], new HashSet<string> { "site-8002" }).ShouldBe(new RollStep.Take("site-8002", IsAlone: true));
    }

    [Fact]
    public void One_that_is_out_of_traffic_does_not_serve()
    {
        var other = Ready(0) with { Traffic = InstanceTraffic.Out };

        RollOrder.Next([other, Ready(1) with { Traffic = InstanceTraffic.In }], new HashSet<string> { "site-8002" }).ShouldBe(new RollStep.Take("site-8002", IsAlone: true));
    }

    [Fact]
    public void A_single_replica_is_alone_ready_or_not()
    {
        RollOrder.Next([Ready(0)], new HashSet<string> { "site-8001" }).ShouldBe(new RollStep.Take("site-8001", IsAlone: true));
        RollOrder.Next([Ready(0) with { State = InstanceState.Fatal }], new HashSet<string> { "site-8001" }).ShouldBe(new RollStep.Take("site-8001", IsAlone: true));
    }

    [Fact]
    public void One_that_was_stopped_by_command_is_left_alone()
    {
        RollOrder.Next([Ready(0) with { Wanted = false, State = InstanceState.Stopped }], new HashSet<string> { "site-8001" }).ShouldBe(new RollStep.End());
        RollOrder.Next([Ready(0)], new HashSet<string>()).ShouldBe(new RollStep.End());
    }

    private static InstanceSnapshot Ready(int index) => new()
    {
        Name = $"site-{8001 + index}",
        Index = index,
        State = InstanceState.Running,
        Health = InstanceHealth.Ready,
        Wanted = true,
    };
}
